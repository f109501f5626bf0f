using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Golden.Recorded;
using Conformance.Isolation;

namespace Conformance.Cli;

/// <summary>The backends of one command, started together and ended together.</summary>
internal sealed class BackendSession : IAsyncDisposable
{
    private readonly ImmutableArray<IBackend> _backends;

    private BackendSession(ImmutableArray<IBackend> backends) => _backends = backends;

    /// <summary>The backends with what they reported, in the order of the catalog.</summary>
    public ImmutableArray<(IBackend Backend, BackendStatus Status)> Started { get; private set; } = [];

    public static async Task<BackendSession> StartAsync(
        BackendCatalog catalog,
        IReadOnlyCollection<string> names,
        IsolationLimits limits,
        IProgress<string> progress,
        CancellationToken cancellationToken,
        int threads = 0,
        Lazy<RecordedCorpus>? corpus = null,
        IBackend? underTest = null)
    {
        BackendSession session = new([.. underTest is null ? [] : (IBackend[])[underTest], .. BackendCatalog.Names.Where(names.Contains).Select(Create)]);
        try
        {
            BackendStatus[] statuses = await Task.WhenAll(session._backends.Select(backend => backend.StartAsync(progress, cancellationToken))).ConfigureAwait(false);
            session.Started = [.. session._backends.Zip(statuses)];

            // What somebody asks to be judged is input, and is unreadable where it cannot be started.
            return underTest is null || statuses[0].IsAvailable ? session : throw new InvalidInputException($"{statuses[0].Missing} {statuses[0].Fix}");
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        // The absence of a built-in backend is a fault, for which nothing stands in.
        IBackend Create(string name)
        {
            IBackend backend = catalog.Create(name, limits, threads);
            return corpus is null || BackendCatalog.IsBuiltIn(name) ? backend : new RecordedBackend(backend, corpus);
        }
    }

    /// <summary>Says on standard error which of the backends are not on this machine, for verbs that record nothing then.</summary>
    /// <returns>Whether any is missing.</returns>
    public bool TellMissing()
    {
        foreach ((IBackend backend, BackendStatus status) in Started.Where(backend => !backend.Status.IsAvailable))
        {
            Console.Error.WriteLine($"{backend.Name} is not available, and nothing was recorded: {status.Missing} {status.Fix}");
        }

        return Started.Any(backend => !backend.Status.IsAvailable);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IBackend backend in _backends)
        {
            await backend.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Checks names that a user gave.</summary>
    public static ImmutableArray<string> Check(IEnumerable<string> given, IEnumerable<string> known, string what)
    {
        ImmutableArray<string> names = [.. given.SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct()];
        foreach (string name in names)
        {
            if (!known.Contains(name))
            {
                throw new InvalidInputException($"There is no {what} '{name}'; use one or more of {string.Join(", ", known)}, separated by commas.");
            }
        }

        return names;
    }
}
