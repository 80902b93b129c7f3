using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>What a failed call says about itself: Spark's error class and SQL state, and whether and when to try again.</summary>
internal sealed partial record SparkErrorInfo(StatusCode Status, string Text, string? ErrorClass, string? SqlState, TimeSpan? RetryDelay)
{
    private const string DetailsTrailer = "grpc-status-details-bin";

    /// <summary>The longest text of a status: servers cut longer ones.</summary>
    private const int LongestStatus = 2048;

    /// <summary>Under what the server has more to say about the error; null where it has not. Spark 3.5 never has.</summary>
    public string? ErrorId { get; private init; }

    /// <summary>Whether the end of the text may be missing.</summary>
    public bool IsCut { get; private init; }

    /// <summary>Where in queries the error is, as the server's details say.</summary>
    public IReadOnlyList<FetchErrorDetailsResponse.Types.QueryContext> Contexts { get; private init; } = [];

    public static SparkErrorInfo Of(RpcException failure)
    {
        var text = failure.Status.Detail;
        string? errorClass = null, sqlState = null, errorId = null;
        TimeSpan? retryDelay = null;
        foreach (var detail in Details(failure))
        {
            if (detail.TypeUrl.EndsWith("/google.rpc.ErrorInfo", StringComparison.Ordinal))
            {
                var metadata = RpcErrorInfo.Parser.ParseFrom(detail.Value).Metadata;
                errorClass = metadata.TryGetValue("errorClass", out var named) ? named : null;
                sqlState = metadata.TryGetValue("sqlState", out var state) ? state : null;
                errorId = metadata.TryGetValue("errorId", out var id) ? id : null;
            }
            else if (detail.TypeUrl.EndsWith("/google.rpc.RetryInfo", StringComparison.Ordinal))
            {
                retryDelay = RpcRetryInfo.Parser.ParseFrom(detail.Value).RetryDelay?.ToTimeSpan();
            }
        }

        // Spark 3.5 says both in the text alone.
        if (string.IsNullOrEmpty(errorClass)) errorClass = ClassInText().Match(text) is { Success: true } match ? match.Groups[1].Value : null;
        if (string.IsNullOrEmpty(sqlState)) sqlState = StateInText().Match(text) is { Success: true } match ? match.Groups[1].Value : null;
        // A certificate that is refused is a server that is not reached, whatever gRPC calls it.
        var status = failure.Status.DebugException is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } ? StatusCode.Unavailable : failure.StatusCode;
        return new SparkErrorInfo(status, text, errorClass, sqlState ?? StateOf(errorClass), retryDelay) { ErrorId = errorId, IsCut = text.Length >= LongestStatus };
    }

    /// <summary>The same with what the server says on request: the whole text, and where in the query the error is. An error that only reports another tells about that one.</summary>
    public SparkErrorInfo With(FetchErrorDetailsResponse details)
    {
        if (!details.HasRootErrorIdx || details.RootErrorIdx < 0 || details.RootErrorIdx >= details.Errors.Count) return this;
        var error = details.Errors[details.RootErrorIdx];
        var text = error.Message;
        for (var hops = 0; error.SparkThrowable is null && hops < details.Errors.Count; hops++)
        {
            if (!error.HasCauseIdx || error.CauseIdx < 0 || error.CauseIdx >= details.Errors.Count) break;
            error = details.Errors[error.CauseIdx];
        }

        var throwable = error.SparkThrowable ?? new FetchErrorDetailsResponse.Types.SparkThrowable();
        return this with
        {
            Text = text.Length >= Text.Length ? text : Text,
            IsCut = IsCut && text.Length < Text.Length,
            ErrorClass = throwable.HasErrorClass ? throwable.ErrorClass : ErrorClass,
            SqlState = throwable.HasSqlState ? throwable.SqlState : SqlState,
            Contexts = throwable.QueryContexts,
        };
    }

    /// <summary>The same from the text of Java exceptions: of an exception and its causes, the first that names an error class says it best, else the last.</summary>
    public static SparkErrorInfo OfStackTrace(string stackTrace)
    {
        string[] causes = [.. stackTrace.Split("\nCaused by: ").Select(cause => cause.Split("\n\tat ")[0])];
        var text = causes.FirstOrDefault(cause => ClassInText().IsMatch(cause)) ?? causes[^1];
        var named = ClassInText().Match(text);
        // Before the sentence stand the exceptions' names, and which task of which stage failed.
        text = named.Success ? text[named.Index..] : ExceptionNames().Replace(text, "");
        var errorClass = named.Success ? named.Groups[1].Value : null;
        var sqlState = StateInText().Match(text) is { Success: true } match ? match.Groups[1].Value : null;
        return new SparkErrorInfo(StatusCode.Internal, text, errorClass, sqlState ?? StateOf(errorClass), RetryDelay: null);
    }

    public bool Is(string errorClass) => ErrorClass is not null && ErrorClass.StartsWith(errorClass, StringComparison.Ordinal);

    /// <summary>Whether the connection failed, not the query.</summary>
    public bool IsTransient => Status == StatusCode.Unavailable || RetryDelay is not null
        || (Status == StatusCode.Internal && Text.Contains("INVALID_CURSOR.DISCONNECTED", StringComparison.Ordinal));

    /// <summary>When to ask again for a cluster that is starting; null where it is not. Databricks says it in words.</summary>
    public TimeSpan? WaitForStart =>
        RetryDelay ?? (Text.Contains("is not usable", StringComparison.Ordinal) || Text.Contains("PENDING", StringComparison.Ordinal) ? TimeSpan.FromSeconds(5) : null);

    /// <summary>Whether the session, and with it its views and settings, is gone.</summary>
    public bool IsSessionLost => Is("INVALID_HANDLE.SESSION_");

    /// <summary>The states that Spark 4 gives with the commonest classes; Spark 3.5 gives the class alone.</summary>
    private static string? StateOf(string? errorClass) => errorClass?.Split('.')[0] switch
    {
        "PARSE_SYNTAX_ERROR" => "42601",
        "TABLE_OR_VIEW_NOT_FOUND" => "42P01",
        "TABLE_OR_VIEW_ALREADY_EXISTS" => "42P07",
        "SCHEMA_NOT_FOUND" => "42704",
        "UNRESOLVED_COLUMN" => "42703",
        "PATH_NOT_FOUND" => "42K03",
        "DIVIDE_BY_ZERO" => "22012",
        "ARITHMETIC_OVERFLOW" => "22003",
        "CAST_INVALID_INPUT" => "22018",
        "OPERATION_CANCELED" => "HY008",
        _ => null,
    };

    private static RepeatedField<Any> Details(RpcException failure)
    {
        if (failure.Trailers.Get(DetailsTrailer)?.ValueBytes is not { } bytes) return [];
        try
        {
            return RpcStatus.Parser.ParseFrom(bytes).Details;
        }
        catch (InvalidProtocolBufferException)
        {
            return []; // Then the status and its text are all there is.
        }
    }

    [GeneratedRegex(@"\[([A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)*)\]")]
    private static partial Regex ClassInText();

    [GeneratedRegex(@"\A.*?(?:[\w$]+\.)+[\w$]*(?:Exception|Error): (?!.*(?:[\w$]+\.)+[\w$]*(?:Exception|Error): )", RegexOptions.Singleline)]
    private static partial Regex ExceptionNames();

    [GeneratedRegex(@"SQLSTATE: ([0-9A-Z]{5})")]
    private static partial Regex StateInText();
}
