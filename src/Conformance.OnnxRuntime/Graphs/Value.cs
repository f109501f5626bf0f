namespace Conformance.OnnxRuntime.Graphs;

/// <summary>One tensor of a graph under construction; its operators append nodes, so that graphs read like formulas.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Name">The tensor's name in it.</param>
internal readonly record struct Value(GraphBuilder Graph, string Name)
{
    public static Value operator +(Value left, Value right) => left.Graph.Add("Add", left, right);

    public static Value operator +(double left, Value right) => right.Graph.Scalar(left) + right;

    public static Value operator -(Value left, Value right) => left.Graph.Add("Sub", left, right);

    public static Value operator -(double left, Value right) => right.Graph.Scalar(left) - right;

    public static Value operator -(Value left, double right) => left - left.Graph.Scalar(right);

    public static Value operator -(Value operand) => operand.Graph.Add("Neg", operand);

    public static Value operator *(Value left, Value right) => left.Graph.Add("Mul", left, right);

    public static Value operator /(Value left, Value right) => left.Graph.Add("Div", left, right);

    public Value Abs() => Graph.Add("Abs", this);

    public Value Exp() => Graph.Add("Exp", this);

    public Value Log() => Graph.Add("Log", this);

    public Value Relu() => Graph.Add("Relu", this);

    public Value Sigmoid() => Graph.Add("Sigmoid", this);

    public Value Softplus() => Graph.Add("Softplus", this);

    /// <summary>Where this is at least a number; false where it is NaN.</summary>
    public Value IsAtLeast(double number) => Graph.Add("GreaterOrEqual", this, Graph.Scalar(number));

    /// <summary>Where this equals a number; false where it is NaN.</summary>
    public Value Is(double number) => Graph.Add("Equal", this, Graph.Scalar(number));

    /// <summary>Chooses elementwise by this condition.</summary>
    public Value Then(Value whereTrue, Value whereFalse) => Graph.Add("Where", this, whereTrue, whereFalse);

    /// <summary>Chooses elementwise by this condition.</summary>
    public Value Then(double whereTrue, Value whereFalse) => Then(Graph.Scalar(whereTrue), whereFalse);

    /// <summary>The sum over all axes, as a scalar.</summary>
    public Value Sum() => Graph.AddReduction("ReduceSum", this);

    /// <summary>The number of elements, in the graph's dtype.</summary>
    public Value Count() => Graph.AddCast(Graph.Add("Size", this));
}
