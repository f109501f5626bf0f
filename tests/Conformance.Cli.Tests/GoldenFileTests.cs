using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;
using Conformance.Golden.Verification;
using Conformance.Kernels;
using Conformance.OnnxRuntime;
using Conformance.Python;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

public sealed class GoldenFileTests
{
    public static TheoryData<string> CommittedFiles =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "golden", "vectors"), "*.json").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(CommittedFiles))]
    public async Task Native_CommittedFile_HasTheRecordedBits(string path)
    {
        await using NativeBackend backend = new();

        FileVerification verification = await VerifyAsync(path, backend);

        Assert.Empty(verification.Movements);
        Assert.Empty(verification.Unrecorded);
        ImplementationVerification native = Assert.Single(verification.Implementations, one => one.State == VerificationState.Verified);
        Assert.True(native.IsReproducible);
        Assert.Equal(verification.Tests, native.Tests);
        Assert.Equal(native.Elements, native.Equal);
    }

    [Theory]
    [MemberData(nameof(CommittedFiles))]
    public async Task OnnxRuntime_CommittedFile_IsWithinTolerance(string path)
    {
        await using OnnxRuntimeBackend backend = new();

        FileVerification verification = await VerifyAsync(path, backend);

        // Bits may move with the processor, values may not.
        Assert.DoesNotContain(verification.Movements, movement => movement.IsFailure);
        Assert.Equal(
            backend.Implementations.Select(implementation => implementation.Id).Order(StringComparer.Ordinal),
            verification.Implementations.Where(one => one.State == VerificationState.Verified).Select(one => one.Implementation));
    }

    private static async Task<FileVerification> VerifyAsync(string path, IBackend backend)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        BackendStatus status = await backend.StartAsync(new Progress<string>(), token);
        Assert.True(status.IsAvailable, status.Missing);

        IReadOnlyList<ImplementationInfo> declared = await new BackendCatalog(new PythonEnvironment(AppContext.BaseDirectory)).DeclaredAsync();
        VectorVerifier verifier = new(declared, [(backend, status)], () => new NativeTensorArena(), Tolerance.Default, requiresBits: false);
        return await verifier.VerifyAsync(path, VectorFile.Read(path), token);
    }
}
