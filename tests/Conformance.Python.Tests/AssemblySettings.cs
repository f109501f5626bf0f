// A script cannot be started while a child process of another thread still holds the handle by which it was written.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
