using Conformance.Benchmarks;

switch (args)
{
    case ["worker"]:
        return await WorkerOverhead.RunAsync(CancellationToken.None);
    case ["oracle"]:
        OracleSpeed.Run();
        return 0;
    default:
        Console.Error.WriteLine(
            "Say which benchmark: 'worker' compares a case in the TensorFlow worker with the framework call itself, 'oracle' counts truths per second.");
        return 2;
}
