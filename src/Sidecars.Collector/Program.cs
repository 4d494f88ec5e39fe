Console.WriteLine("collector");
