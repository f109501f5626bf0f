using System.Globalization;

namespace Conformance.Core.Tests;

/// <summary>Runs something in a culture that writes decimals with commas.</summary>
internal static class Culture
{
    public static T WithCommas<T>(Func<T> action)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            return action();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
