Console.WriteLine("ambassador");
