using CsPlatform.Backbone;





namespace CsPlatform.Architecture.Tests;

/// <summary>A statement's span says what it does, and no value that stands in it.</summary>
public sealed class SqlNamesTests
{
    [Theory]
    [InlineData("insert into engagement.usage_claim (id) values ($1) on conflict do nothing", "insert usage_claim")]
    [InlineData("insert into s.mt_doc_alert (id) values ($1) on conflict (id) do update set data = $2", "upsert alert")]
    [InlineData("with a as (insert into s.x select 1 on conflict do nothing), "
        + "b as (insert into s.y select 2 on conflict (id) do update set n = 1) select 1", "insert x")]
    [InlineData("with told as (select m.id from s.mark m for update of m skip locked) delete from s.mark using told",
        "delete mark")]
    [InlineData("SELECT 1 FROM health.account_fact\n where id = any($1) for no key update", "select account_fact")]
    [InlineData("update only \"accounts\".\"mt_doc_row\" set data = $1", "update row")]
    [InlineData("copy engagement.usage_event (id) from stdin (format binary)", "copy usage_event")]
    [InlineData("select health.mt_quick_append_events($1, $2)", "append events")]
    [InlineData("DO $$ BEGIN PERFORM pg_notify('mt_events_appended', ''); END $$;", "notify")]
    [InlineData("select engagement.make_usage_event_days($1)", "call make_usage_event_days")]
    [InlineData("select count(*) from feedback.failed_message", "select failed_message")]
    [InlineData("select", "begin")]
    [InlineData("select 1", "select")]
    [InlineData("listen day_marked", "listen")]
    [InlineData("", "sql")]
    public void Statement_is_named_by_its_verb_and_its_table_or_function(string sql, string name) =>
        Assert.Equal(name, SqlNames.Of(sql));

    [Theory]
    [InlineData("select 'insert into people values' from s.t")]
    [InlineData("select 'it''s from ann.smith' -- update ann.smith\n from s.t")]
    [InlineData("/* delete from ann.smith */ select id from s.t where name = 'ann'")]
    public void What_stands_in_a_text_or_a_comment_is_not_named(string sql) =>
        Assert.Equal("select t", SqlNames.Of(sql));

    [Fact]
    public void Batch_names_each_once_and_not_all_of_many()
    {
        Assert.Equal("insert a, insert b", SqlNames.Of([
            "insert into s.a select 1", "insert into s.b select 1",
            "insert into s.a select 1", "select pg_notify('a', '')",
        ]));
        Assert.Equal("insert a, insert b, insert c, …",
            SqlNames.Of(((string[])["a", "b", "c", "d", "e"]).Select(table => $"insert into s.{table} select 1")));
        Assert.Equal("", SqlNames.Of([]));
    }
}
