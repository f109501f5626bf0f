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
        Assert.Equal(VectorFile.Read(path).Tests.Count(IsOfImplementations), native.Tests);
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
        HashSet<string> dtypes = [.. VectorFile.Read(path).Tests.Select(test => test.DType)];
        Assert.Equal(
            backend.Implementations.Where(implementation => implementation.DTypes.Any(dtype => dtypes.Contains(dtype.Name)))
                .Select(implementation => implementation.Id).Order(StringComparer.Ordinal),
            verification.Implementations.Where(one => one.State == VerificationState.Verified).Select(one => one.Implementation));
    }

    [Theory]
    [MemberData(nameof(CommittedFiles))]
    public async Task Oracle_CommittedFile_HasTheExpectedBits(string path)
    {
        await using NativeBackend backend = new();

        FileVerification verification = await VerifyAsync(path, backend);

        Assert.Equal((verification.Tests, 0), (verification.Expected.Tests, verification.Expected.Moved));
        Assert.DoesNotContain(verification.Movements, movement => movement.Kind == MovementKind.Expected);
    }

    // Weights and smoothing are the oracle's alone.
    private static bool IsOfImplementations(VectorTest test) =>
        test.Options is { PosWeight: null, LabelSmoothing: null } && test.Inputs.SampleWeight is null;

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
