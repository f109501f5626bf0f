namespace Conformance.External.Samples.Dependency;

/// <summary>A base of one of the samples, which cannot be loaded without it.</summary>
public abstract class Scale
{
    protected static float Double(float x) => 2 * x;
}
