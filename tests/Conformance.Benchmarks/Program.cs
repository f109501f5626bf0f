using Conformance.Benchmarks;

if (args is not ["worker"])
{
    Console.Error.WriteLine("Say which benchmark: 'worker' compares a case in the TensorFlow worker with the framework call itself.");
    return 2;
}

return await WorkerOverhead.RunAsync(CancellationToken.None);
