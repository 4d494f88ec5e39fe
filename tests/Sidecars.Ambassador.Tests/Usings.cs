global using System.Net;
global using System.Net.Sockets;
global using System.Text;
global using System.Text.Json;
global using Sidecars.Testing;
