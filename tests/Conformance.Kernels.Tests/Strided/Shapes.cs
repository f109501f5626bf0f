namespace Conformance.Kernels.Tests.Strided;

/// <summary>Shapes of views.</summary>
public static class Shapes
{
    private static readonly int[][] SmallShapes =
        [[0], [1], [7], [2, 3], [1, 5], [3, 0], [2, 3, 4], [4, 1, 3], [2, 0, 3], [2, 5, 10], [1, 2, 1, 3], [2, 3, 2, 3], [2, 2, 0, 2]];

    private static readonly int[][] LargeShapes =
        [[70, 1000], [3, 200, 70], [2, 35000], [35000, 2], [9000, 2, 2, 2], [33000], [3, 5, 7, 11, 13], [8, 64, 130], [1, 40, 1, 900]];

    /// <summary>Few elements, lengths of 0 and 1 among them.</summary>
    public static TheoryData<int[]> Small => [.. SmallShapes];

    /// <summary>Long rows, patches of two directions, many tiny rows, more than one part for threads.</summary>
    public static TheoryData<int[]> Large => [.. LargeShapes];
}
