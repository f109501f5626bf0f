using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Conformance.Core.Judging;

namespace Conformance.Core.Runs;

/// <summary>What a run was asked to do.</summary>
public sealed record RunOptions
{
    /// <summary>The seed of the draws that everybody makes.</summary>
    public const ulong DefaultSeed = 1;

    /// <summary>The loss's name.</summary>
    public required string Loss { get; init; }

    /// <summary>The suite's name; null where single cases were asked for.</summary>
    public string? Suite { get; init; }

    /// <summary>The ids of the cases that were asked for in place of a suite.</summary>
    public ImmutableArray<string> Cases
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>The generator's key.</summary>
    public ulong Seed { get; init; } = DefaultSeed;

    /// <summary>What is close.</summary>
    public Tolerance Tolerance { get; init; } = Tolerance.Default;

    /// <summary>How far from the truth every output may be, in ULP, in place of the contracts' bounds; null for the contracts.</summary>
    public double? MaxUlps { get; init; }

    /// <summary>The dtypes to which the suite is narrowed; empty for all.</summary>
    [JsonPropertyName("dtypes")]
    public ImmutableArray<string> DTypes
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>The layouts to which the suite is narrowed; empty for all.</summary>
    public ImmutableArray<string> Layouts
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>The reductions to which the suite is narrowed; empty for all.</summary>
    public ImmutableArray<string> Reductions
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>[batch, classes, length] in place of the suite's shapes, for an implementation that takes no other; null for the suite's.</summary>
    public string? Shape { get; init; }

    /// <summary>Whether cases are evaluated a second time, which must give the same bits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Repeats { get; init; }

    /// <summary>
    /// The arguments of <c>check</c> that name somebody's own implementation and what is asked of it, by which lines that repeat a case are
    /// written; null where the backends are the tool's own.
    /// </summary>
    public string? UnderTest { get; init; }

    /// <summary>
    /// Whether the dtypes and reductions are all that the implementation under test takes, and none of the suite was left out, so that it runs whole.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TakesAll { get; init; }

    /// <summary>The backends that evaluate.</summary>
    public ImmutableArray<string> Backends
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>The backends without which the run fails.</summary>
    public ImmutableArray<string> Require
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>Whether the suite runs whole, with the draws and the contracts for which its waivers were written.</summary>
    [JsonIgnore]
    public bool IsFrozenSuite => IsWholeSuite && Seed == DefaultSeed && MaxUlps is null;

    /// <summary>Whether the suite runs whole, so that its floor applies.</summary>
    [JsonIgnore]
    public bool IsWholeSuite => Suite is not null && (TakesAll || (DTypes.IsEmpty && Layouts.IsEmpty && Reductions.IsEmpty && Shape is null));
}
