using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Cases;

namespace Conformance.Golden.Verification;

/// <summary>What is found out about one recorded implementation while a file is verified.</summary>
internal sealed class ImplementationTally(
    string id, ImplementationInfo? implementation, VerificationState state, string? liveVersion, string? message)
{
    private readonly SortedSet<string> _versions = new(StringComparer.Ordinal);
    private int _tests;
    private int _notTaken;
    private long _elements;
    private long _close;
    private long _beyond;
    private ulong _maxUlps;

    public ImplementationInfo? Implementation => implementation;

    public string? LiveVersion => liveVersion;

    public int Outcomes { get; set; }

    public void Note(string version, Case testCase)
    {
        _versions.Add(version);
        _tests++;
        _notTaken += implementation?.Supports(testCase) is true ? 0 : 1;
    }

    public bool Takes(Case testCase) => state == VerificationState.Verified && implementation!.Supports(testCase);

    public void Add(ElementTally elements)
    {
        _elements += elements.Elements;
        _close += elements.Close;
        _beyond += elements.Moved - elements.Close;
        _maxUlps = Math.Max(_maxUlps, elements.MaxUlps);
    }

    public Movement? ToDeclarationMovement() => _notTaken == 0 ? null : new Movement
    {
        Kind = MovementKind.Declaration,
        IsFailure = true,
        Implementation = id,
        Count = _notTaken,
        Message = implementation is null
            ? "is recorded, and no backend declares it any more"
            : string.Create(CultureInfo.InvariantCulture, $"is recorded for {_notTaken} tests whose dtype or reduction it no longer declares"),
    };

    public ImplementationVerification ToReport() => new()
    {
        Implementation = id,
        State = state == VerificationState.Verified && _notTaken == _tests ? VerificationState.Undeclared : state,
        RecordedVersions = [.. _versions],
        LiveVersion = liveVersion,
        IsReproducible = implementation?.IsReproducible is true,
        Tests = _tests,
        Elements = _elements,
        Equal = _elements - _close - _beyond,
        Close = _close,
        Beyond = _beyond,
        MaxUlps = _maxUlps,
        Outcomes = Outcomes,
        Message = message,
    };
}
