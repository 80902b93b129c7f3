using Grpc.Core;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>Turns the failures of calls into the library's exceptions: what was refused, by which error of Spark's, and what to do. Never a value or a token.</summary>
internal static class SparkFailure
{
    /// <summary>Longer sentences are cut. Spark's own may be long: a column that is not found, among the names of all that there are.</summary>
    private const int LongestText = 8000;

    /// <summary>Where Spark's own sentence ends and the query's text, a plan or a stack trace begins.</summary>
    private static readonly string[] Endings = ["\n== SQL", "\n\n== SQL", ";\n", "\n\nJVM stacktrace", "\n\tat ", "\nDriver stacktrace", "== SQL"];

    public static SparkQueryException From(RpcException failure, SparkEndpoint endpoint) => From(SparkErrorInfo.Of(failure), failure, endpoint, values: null, sent: null);

    /// <summary>Makes the exception.</summary>
    /// <param name="info">What is known about the failure.</param>
    /// <param name="failure">The failed call.</param>
    /// <param name="endpoint">The server.</param>
    /// <param name="values">What must not be said, and where the caller's text is; null where there is neither.</param>
    /// <param name="sent">The SQL that was sent; null where there is none.</param>
    public static SparkQueryException From(SparkErrorInfo info, RpcException failure, SparkEndpoint endpoint, SqlValues? values, string? sent)
    {
        var position = sent is not null && values is not null && ErrorPlace.Of(info, sent) is { } place ? values.Find(sent, place) : null;
        var text = Shorten(values is null ? info.Text : values.Conceal(info.Text, info.IsCut));
        var where = position is null ? "" : $" It is at {position} of the query.";
        // What the server says about a query cites the query, and the values in it; only a call that did not get that far is told as it is.
        var isQuerys = info.Status is StatusCode.Internal or StatusCode.Unknown && failure.Status.DebugException is null;
        return new SparkQueryException($"{What(info, endpoint)}{text}{where} {Remedy(info, endpoint)}", isQuerys ? null : failure)
        {
            ErrorClass = info.ErrorClass,
            SqlState = info.SqlState,
            Position = position,
            IsConnectionLost = info.IsTransient || info.IsSessionLost,
        };
    }

    /// <summary>The exception for an error that Spark's driver tells as the text of Java exceptions.</summary>
    public static SparkQueryException FromStackTrace(string stackTrace, SqlValues? values, Exception cause)
    {
        var info = SparkErrorInfo.OfStackTrace(stackTrace);
        var text = Shorten(values is null ? info.Text : values.Conceal(info.Text));
        return new SparkQueryException($"Spark could not run the query: {text} {Remedy(info)}", values is null or { IsEmpty: true } ? cause : null)
        {
            ErrorClass = info.ErrorClass,
            SqlState = info.SqlState,
        };
    }

    public static SparkQueryException Unreachable(SparkEndpoint endpoint, TimeSpan waited, Exception? cause = null) => new(
        $"The Spark server {endpoint} did not answer within {waited.TotalSeconds:0.#} s. Check that it runs, that this machine reaches it, and that both or neither use TLS.", cause)
    {
        IsConnectionLost = true,
    };

    public static SparkQueryException SessionChanged(SparkEndpoint endpoint) => new(
        $"The Spark server {endpoint} answers for another session than before: it was restarted. Its temporary views and settings are gone; run the query again.")
    {
        ErrorClass = "INVALID_HANDLE.SESSION_CHANGED",
        IsConnectionLost = true,
    };

    public static SparkQueryException Broken(SparkEndpoint endpoint, string what) =>
        new($"The answer of the Spark server {endpoint} is not whole: {what}. Nothing of it is used; run the query again.") { IsConnectionLost = true };

    private static string What(SparkErrorInfo info, SparkEndpoint endpoint) => info switch
    {
        { Status: StatusCode.Unauthenticated or StatusCode.PermissionDenied } => $"The Spark server {endpoint} refused the caller: ",
        { Status: StatusCode.Unavailable } => $"The Spark server {endpoint} cannot be reached: ",
        { Status: StatusCode.ResourceExhausted } => $"The Spark server {endpoint} refused a message for its size: ",
        { IsSessionLost: true } => $"The Spark server {endpoint} no longer has the session: ",
        _ => $"The Spark server {endpoint} could not run the query: ",
    };

    private static string Remedy(SparkErrorInfo info, SparkEndpoint endpoint) => info switch
    {
        { Status: StatusCode.Unauthenticated or StatusCode.PermissionDenied } => "Check the token of the connection string or of SparkOptions.Token.",
        { Status: StatusCode.Unavailable } => "Check that it runs, that this machine reaches it, and that both or neither use TLS, with a certificate that this machine trusts.",
        { Status: StatusCode.Unimplemented } => $"Check that {endpoint} is a Spark Connect server of Spark 3.5 or newer.",
        { Status: StatusCode.ResourceExhausted } => "Raise spark.connect.grpc.maxInboundMessageSize on the server.",
        { IsSessionLost: true } => "Run the query again; it gets a new session.",
        _ => Remedy(info),
    };

    private static string Remedy(SparkErrorInfo info) => info switch
    {
        _ when info.Is("PARSE_SYNTAX_ERROR") => "Correct the SQL at that place.",
        _ when info.Is("TABLE_OR_VIEW_NOT_FOUND") || info.Is("SCHEMA_NOT_FOUND") => "Check the name, its catalog and its schema.",
        _ when info.Is("UNRESOLVED_COLUMN") => "Check the column's name.",
        _ when info.Is("OPERATION_CANCELED") || info.Is("SPARK_JOB_CANCELLED") => "It was interrupted on the server; run it again.",
        _ when info.Is("PATH_NOT_FOUND") || info.Is("FAILED_READ_FILE") => "Check that the server sees the same files by the same paths, and that they still exist.",
        _ => "Correct the query, or look into the server's log.",
    };

    private static string Shorten(string text)
    {
        var end = text.Length;
        foreach (var ending in Endings)
            if (text.IndexOf(ending, StringComparison.Ordinal) is >= 0 and var place) end = Math.Min(end, place);
        var sentence = ErrorPlace.Strip(text[..end]).ReplaceLineEndings(" ").Trim();
        if (sentence.Length > LongestText) sentence = $"{sentence[..LongestText]}...";
        return sentence.Length == 0 || sentence[^1] is '.' or '!' ? sentence : $"{sentence}.";
    }
}
