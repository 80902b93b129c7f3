using Tauro.FeatureStore.Engines.Spark;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Errors that Spark tells as the text of Java exceptions.</summary>
public sealed class StackTraceTests
{
    private static readonly InvalidOperationException Cause = new("cause");

    [Theory]
    [InlineData(
        "org.apache.spark.sql.AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `nope` cannot be found.; line 1 pos 14;\n'Project [*]\n+- 'UnresolvedRelation [nope], [], false\n\n\tat org.apache.X.a(X.scala:1)",
        "TABLE_OR_VIEW_NOT_FOUND", "42P01", "Spark could not run the query: [TABLE_OR_VIEW_NOT_FOUND] The table or view `nope` cannot be found. Check the name, its catalog and its schema.")]
    [InlineData(
        "org.apache.spark.sql.catalyst.parser.ParseException: \n[PARSE_SYNTAX_ERROR] Syntax error at or near 'x'.(line 1, pos 0)\n\n== SQL ==\nx secret\n^^^\n\n\tat org.apache.X.a(X.scala:1)",
        "PARSE_SYNTAX_ERROR", "42601", "Spark could not run the query: [PARSE_SYNTAX_ERROR] Syntax error at or near 'x'.")]
    [InlineData(
        "org.apache.spark.SparkException: Exception thrown in awaitResult: \n\tat org.apache.X.a(X.scala:1)\nCaused by: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 1.0 failed 1 times, most recent failure: Lost task 0.0 in stage 1.0 (TID 1) (host executor driver): org.apache.spark.SparkArithmeticException: [DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012\n\tat org.apache.Y.b(Y.scala:2)",
        "DIVIDE_BY_ZERO", "22012", "Spark could not run the query: [DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012.")]
    [InlineData(
        "org.apache.spark.SparkException: Job aborted due to stage failure: Lost task 0.0 in stage 1.0 (TID 1) (host executor driver): java.lang.RuntimeException: Two rows of one key.\n\tat org.apache.Y.b(Y.scala:2)",
        null, null, "Spark could not run the query: Two rows of one key.")]
    public void The_error_class_the_state_and_the_sentence_are_found(string stackTrace, string? errorClass, string? sqlState, string message)
    {
        var failure = SparkFailure.FromStackTrace(stackTrace, values: null, Cause);

        Assert.Equal((errorClass, sqlState), (failure.ErrorClass, failure.SqlState));
        Assert.StartsWith(message, failure.Message.Replace(" (line 1, pos 0)", "", StringComparison.Ordinal).Replace("(line 1, pos 0)", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Same(Cause, failure.InnerException);
    }

    [Fact]
    public void No_value_of_a_parameter_is_said()
    {
        var values = new SqlValues(new Dictionary<string, object?> { ["who"] = "secret" });

        var failure = SparkFailure.FromStackTrace("org.apache.spark.SparkNumberFormatException: [CAST_INVALID_INPUT] The value 'secret' of the type \"STRING\" cannot be cast.\n\tat x.Y", values, Cause);

        Assert.Equal("CAST_INVALID_INPUT", failure.ErrorClass);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        Assert.Null(failure.InnerException);
    }
}
