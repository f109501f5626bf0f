using System.Collections.Concurrent;
using System.Reflection;
using Conformance.Core;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Conformance.Xunit;

/// <summary>The tests of a class: those of its gate, or the one that says why it has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConformanceDataAttribute : DataAttribute, ITypeAwareDataAttribute
{
    private static readonly ConcurrentDictionary<Type, Lazy<LossGate>> Gates = new();

    /// <inheritdoc/>
    public Type? MemberType { get; set; }

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        Type type = MemberType ?? testMethod.ReflectedType ?? throw new InvalidOperationException("The method has no class.");
        return ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>([.. RowsOf(type).Select(ToDataRow)]);
    }

    /// <summary>The rows of a class.</summary>
    internal static IReadOnlyList<ConformanceRow> RowsOf(Type type)
    {
        try
        {
            return GateOf(type).Rows;
        }
        catch (InvalidInputException)
        {
            return [ConformanceRow.Configuration];
        }
    }

    /// <summary>The gate of a class, made once for all its tests.</summary>
    /// <exception cref="InvalidInputException">It has none; the message says why.</exception>
    internal static LossGate GateOf(Type type) => Gates.GetOrAdd(type, key => new Lazy<LossGate>(() => CreateGate(key))).Value;

    private static LossGate CreateGate(Type type)
    {
        if (type.GetConstructor([]) is null)
        {
            throw new InvalidInputException(
                $"'{type.FullName}' has no public constructor without parameters, and its tests are listed before fixtures are made; take what you need from Xunit.TestContext.Current.");
        }

        object? instance = null;
        try
        {
            instance = Activator.CreateInstance(type);
            return ((ILossConformance)instance!).CreateGate();
        }
        catch (Exception exception) when (exception is not InvalidInputException)
        {
            Exception inner = exception is TargetInvocationException { InnerException: { } thrown } ? thrown : exception;
            throw new InvalidInputException($"'{type.FullName}' does not say what to judge: {inner.GetType().Name}: {inner.Message}", exception);
        }
        finally
        {
            (instance as IDisposable)?.Dispose();
        }
    }

    private static TheoryDataRow<string, string, string, string> ToDataRow(ConformanceRow row)
    {
        TheoryDataRow<string, string, string, string> data = new(row.DType, row.Layout, row.Recipe, row.Relation) { Label = row.Label };
        Dictionary<string, HashSet<string>> traits = data.Traits;
        foreach ((string name, string value) in new[]
        {
            ("conformance", row.Id), ("dtype", row.DType), ("layout", row.Layout), ("recipe", row.Recipe), ("relation", row.Relation),
        })
        {
            traits[name] = [value];
        }

        return data;
    }
}
