using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.External.Tests;

/// <summary>A command behind a backend, with memory for its requests and a folder for its tests.</summary>
internal sealed class CommandRun : IAsyncDisposable
{
    public static readonly ImplementationInfo Implementation = new()
    {
        Backend = "command",
        EntryPoint = "sample",
        ShortName = "sample",
        Formula = "x + 2z",
        Reductions = [.. Reduction.All],
        Contracts = [new Contract([.. DType.All], default, default, "It is a test.", "test")],
    };

    private readonly NativeTensorArena _arena = new();

    public CommandRun(string template, CommandLimits? limits = null) =>
        Backend = new CommandBackend(Implementation, CommandTemplate.Parse(template), limits ?? new CommandLimits());

    public CommandBackend Backend { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("conformance external tests-").FullName;

    public static async Task<CommandRun> StartedAsync(string template, CommandLimits? limits = null)
    {
        CommandRun run = new(template, limits);
        BackendStatus status = await run.StartAsync();
        Assert.True(status.IsAvailable, status.Missing);
        return run;
    }

    /// <summary>What becomes of one request.</summary>
    public static async Task<Evaluation> EvaluateAsync(string template, CommandLimits? limits = null, string dtype = "float32", bool withGradient = false)
    {
        await using CommandRun run = await StartedAsync(template, limits);
        return Assert.Single(await run.EvaluateAsync(run.Request(dtype: dtype, withGradient: withGradient)));
    }

    public Task<BackendStatus> StartAsync() => Backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);

    /// <summary>A request whose outputs are poisoned.</summary>
    public EvaluationRequest Request(string shape = "2x5x10", string dtype = "float32", string reduction = "none", bool withGradient = false, int draw = 0)
    {
        Case testCase = Case.Parse($"sigmoid_cross_entropy/{dtype}/channels_first/{reduction}/{shape}/normal/soft/seed1/draw{draw}");
        Tensor logits = _arena.Allocate(testCase.Draw.DType, testCase.InputShape);
        Tensor labels = _arena.Allocate(testCase.Draw.DType, testCase.InputShape);
        testCase.FillInputs(logits, labels);
        return new EvaluationRequest(
            Implementation,
            testCase,
            logits,
            labels,
            _arena.Allocate(testCase.Draw.DType, testCase.LossShape).Poison(),
            withGradient ? _arena.Allocate(testCase.Draw.DType, testCase.InputShape).Poison() : null);
    }

    public Task<IReadOnlyList<Evaluation>> EvaluateAsync(params IReadOnlyList<EvaluationRequest> requests) =>
        Backend.EvaluateAsync(requests, TestContext.Current.CancellationToken);

    public static void AssertRight(EvaluationRequest request, Evaluation evaluation)
    {
        Assert.Equal(Evaluation.Completed(request), evaluation);
        for (int i = 0; i < request.Logits.Shape.Count; i++)
        {
            float logit = (float)request.Logits.ValueAt(i);
            float label = (float)request.Labels.ValueAt(i);
            Assert.Equal(logit + (2 * label), (float)request.Loss.ValueAt(i));
            if (request.Gradient is { } gradient)
            {
                Assert.Equal(logit - label, (float)gradient.ValueAt(i));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Backend.DisposeAsync();
        _arena.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
