Console.WriteLine("Identity");
