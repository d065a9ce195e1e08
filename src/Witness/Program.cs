using Identity.Witness;

return await WitnessCommands.RunAsync(args, Console.Out, Console.Error);
