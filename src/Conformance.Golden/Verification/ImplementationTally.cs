using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Verification;

/// <summary>What is found out about one recorded implementation while a file is verified.</summary>
internal sealed class ImplementationTally(
    string key, ImplementationInfo? implementation, VerificationState state, string? liveVersion, string? message)
{
    private readonly SortedSet<string> _versions = new(StringComparer.Ordinal);
    private int _tests;
    private int _notTaken;
    private long _elements;
    private long _close;
    private long _withinContract;
    private long _beyond;
    private ulong _maxUlps;

    /// <summary>Under what it is recorded: its id, or id@version.</summary>
    public string Key => key;

    public ImplementationInfo? Implementation => implementation;

    public string? LiveVersion => liveVersion;

    public int Outcomes { get; set; }

    public void Note(string version, VectorTest test)
    {
        _versions.Add(version);
        _tests++;
        _notTaken += implementation is not null && VectorEvaluator.Computes(implementation, test) ? 0 : 1;
    }

    public bool Takes(VectorTest test) => state == VerificationState.Verified && VectorEvaluator.Computes(implementation!, test);

    public void Add(ElementTally elements)
    {
        _elements += elements.Elements;
        _close += elements.Close;
        _withinContract += elements.WithinContract;
        _beyond += elements.Moved - elements.Close - elements.WithinContract;
        _maxUlps = Math.Max(_maxUlps, elements.MaxUlps);
    }

    public Movement? ToDeclarationMovement() => _notTaken == 0 ? null : new Movement
    {
        Kind = MovementKind.Declaration,
        IsFailure = true,
        Implementation = key,
        Count = _notTaken,
        Message = implementation is null
            ? "is recorded, and no backend declares it any more"
            : string.Create(CultureInfo.InvariantCulture, $"is recorded for {_notTaken} tests whose dtype, reduction or options it does not declare"),
    };

    public ImplementationVerification ToReport() => new()
    {
        Implementation = key,
        State = state == VerificationState.Verified && _notTaken == _tests ? VerificationState.Undeclared : state,
        RecordedVersions = [.. _versions],
        LiveVersion = liveVersion,
        IsReproducible = implementation?.IsReproducible is true,
        Tests = _tests,
        Elements = _elements,
        Equal = _elements - _close - _withinContract - _beyond,
        Close = _close,
        WithinContract = _withinContract,
        Beyond = _beyond,
        MaxUlps = _maxUlps,
        Outcomes = Outcomes,
        Message = message,
    };
}
