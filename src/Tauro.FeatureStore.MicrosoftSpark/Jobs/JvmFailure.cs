using System.Net.Sockets;
using Microsoft.Spark;
using Tauro.FeatureStore.Engines.Spark;

namespace Tauro.FeatureStore.Engines.MicrosoftSpark;

/// <summary>What the library's exceptions mean: an error of Spark's, told as a Java stack trace, or a driver that is gone.</summary>
internal static class JvmFailure
{
    /// <summary>What an exception says whose text never came: the connection ended before it.</summary>
    private static readonly string NoText = new JvmException(null).Message;

    /// <summary>The exception to throw; null for a failure that has nothing to do with Spark.</summary>
    public static SparkQueryException? Of(Exception failure, SqlValues? values)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is JvmException && cause.Message != NoText) return SparkFailure.FromStackTrace(cause.Message, values, failure);
            // How the library says that bytes are missing.
            if (cause is ArgumentException { Source: "Microsoft.Spark" }) return CutShort(failure);
            if (cause is JvmException or SocketException or IOException)
            {
                return new SparkQueryException(
                    "The driver of Spark does not answer. The job ends with it: look into the driver's log, and submit the job again.", values is null or { IsEmpty: true } ? failure : null)
                {
                    IsConnectionLost = true,
                };
            }
        }

        return null;
    }

    /// <summary>The exception for rows that end before the last.</summary>
    public static SparkQueryException CutShort(Exception? cause) => new(
        "The answer of Spark ends before its last row: its driver is gone, or could not hand over a row. Look into the driver's log, and run the query again.", cause)
    {
        IsConnectionLost = true,
    };
}
