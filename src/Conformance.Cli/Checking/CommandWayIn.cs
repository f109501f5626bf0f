using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.External;
using Conformance.Golden.Reproductions;
using Conformance.Isolation;

namespace Conformance.Cli.Checking;

/// <summary>A command, started for every evaluation.</summary>
internal sealed class CommandWayIn(CommandTemplate template) : IWayIn
{
    public const string Name = "command";

    public string Backend => Name;

    public string EntryPoint => template.ProgramName;

    public ImmutableArray<DType> DTypes => CommandBackend.DTypes;

    public ImmutableArray<DType> DefaultDTypes => SuiteCatalog.DTypes;

    public ImmutableArray<Reduction> DefaultReductions => template.HasReduction ? [.. Reduction.All] : [Reduction.None];

    public bool IsToldReduction => template.HasReduction;

    public bool HasGradient => template.HasGradient;

    public ImmutableArray<int?> InputDimensions => [];

    public IEnumerable<string> Arguments => ["--command", template.Text];

    public ReproductionSubject SubjectOf(BackendStatus status) => new CommandSubject(
        [template.Words[0].AsSpan().ContainsAny('/', '\\') ? Path.GetFullPath(template.Words[0]) : template.Words[0], .. template.Words[1..]], Environment.CurrentDirectory);

    public IBackend Create(ImplementationInfo implementation, IsolationLimits limits) => new CommandBackend(implementation, template, new CommandLimits(limits));
}
