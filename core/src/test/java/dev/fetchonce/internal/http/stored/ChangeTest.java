package dev.fetchonce.internal.http.stored;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.stored.Named.answered;
import static dev.fetchonce.internal.http.stored.Named.asked;
import static dev.fetchonce.internal.http.stored.Named.common;
import static dev.fetchonce.internal.http.stored.Named.in;
import static dev.fetchonce.internal.http.stored.Named.names;
import static dev.fetchonce.internal.http.stored.Named.plain;
import static dev.fetchonce.internal.http.stored.Named.varied;
import static dev.fetchonce.internal.http.stored.Validity.Placement.COMMON;
import static dev.fetchonce.internal.http.stored.Validity.Placement.PARTITION;
import static dev.fetchonce.testing.Row.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.concurrent.Interner;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.testing.Row;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A change is a value: it makes the set after it from the set before it. */
class ChangeTest {
    private static final CacheKey KEY = CacheKey.plain(TargetUri.parse("http://h/"));
    private static final HttpHeaders NONE = fields();
    private static final StoredResponse OLD = plain("old");
    private static final StoredResponse GERMAN = in("de", "german");
    private static final StoredResponse FRENCH = in("fr", "french");
    private static final StoredResponse GONE = answered(404, "gone");
    private static final StoredResponse MOVED = answered(301, "moved");
    private static final StoredResponse MINE = plain("mine");
    private static final StoredResponse COMMON_ONE = common("common");

    /** Returns the set after these responses landed one after the other, and then the change. */
    private static Supplier<@Nullable VariantSet> after(Change change, StoredResponse... landed) {
        return () -> change.appliedTo(set(landed));
    }

    private static @Nullable VariantSet set(StoredResponse... landed) {
        VariantSet set = null;
        for (StoredResponse response : landed) {
            set = VariantSet.landed(set, KEY, response);
        }
        return set;
    }

    private static Change put(StoredResponse response, HttpHeaders request) {
        return new Change.Put(KEY, request, response, Revalidation.BY_TAG, 1);
    }

    private static Change put(StoredResponse response) {
        return put(response, asked("de"));
    }

    private static Change replace(StoredResponse old, @Nullable StoredResponse by) {
        return new Change.Replace(KEY, old, by, 1);
    }

    private static Change drop(HttpHeaders request) {
        return new Change.Drop(KEY, request);
    }

    private static Change dropForAll(HttpHeaders request) {
        return new Change.DropForAll(KEY, request);
    }

    static Stream<Row<Supplier<@Nullable VariantSet>>> puts() {
        return Stream.of(
                row("a success over nothing", after(put(plain("new"))), "new"),
                row("a success over a success", after(put(plain("new")), OLD), "new"),
                row("a success over the variant that its request selects", after(put(plain("new")), GERMAN), "new"),
                row("a success over the variant of another request", after(put(plain("new")), FRENCH), "new, french"),
                row("a success over two variants", after(put(plain("new")), FRENCH, GERMAN), "new, french"),
                row("a success over a variant and a success", after(put(plain("new")), OLD, GERMAN), "new"),
                row("a success over a failure before a success", after(put(plain("new")), OLD, GONE), "new"),
                row("a success over a redirect before a success", after(put(plain("new")), OLD, MOVED), "new"),
                row(
                        "a success to a request without the field over two variants",
                        after(put(plain("new"), NONE), FRENCH, GERMAN),
                        "new, german, french"),
                row("a success with Vary over nothing", after(put(in("de", "new"))), "new"),
                row("a success with Vary over a success", after(put(in("de", "new")), OLD), "new, old"),
                row("a success with Vary over its own variant", after(put(in("de", "new")), GERMAN), "new"),
                row("a success with Vary over another variant", after(put(in("de", "new")), FRENCH), "new, french"),
                row(
                        "a success with Vary over a failure before its own variant",
                        after(put(in("de", "new")), GERMAN, varied(404, "de", "gone", PARTITION)),
                        "new"),
                row("a failure over nothing", after(put(answered(404, "new"))), "new"),
                row("a failure over a success", after(put(answered(404, "new")), OLD), "new, old"),
                row("a failure over a variant", after(put(answered(404, "new")), GERMAN), "new, german"),
                row(
                        "a failure over a failure before a success",
                        after(put(answered(410, "new")), OLD, GONE),
                        "new, old"),
                row(
                        "a failure over a redirect before a success",
                        after(put(answered(404, "new")), OLD, MOVED),
                        "new, old"),
                row("a redirect over a success", after(put(answered(301, "new")), OLD), "new, old"),
                row(
                        "a redirect over a failure before a success",
                        after(put(answered(301, "new")), OLD, GONE),
                        "new, old"),
                row("a success for all callers over one for a few", after(put(common("new")), MINE), "new"),
                row("a success for a few callers over one for all", after(put(plain("new")), COMMON_ONE), "new"));
    }

    @ParameterizedTest
    @MethodSource("puts")
    void a_response_put(Row<Supplier<@Nullable VariantSet>> row) {
        assertThat(names(row.given().get())).isEqualTo(row.outcome());
    }

    static Stream<Row<Supplier<@Nullable VariantSet>>> replacements() {
        StoredResponse renewed = in("de", "renewed");
        return Stream.of(
                row("a replacement where nothing is stored", after(replace(OLD, plain("new"))), "nothing"),
                row("a replacement of the only response", after(replace(OLD, plain("new")), OLD), "new"),
                row(
                        "a replacement of the newest of two",
                        after(replace(GERMAN, renewed), FRENCH, GERMAN),
                        "renewed, french"),
                row(
                        "a replacement of the oldest of two",
                        after(replace(GERMAN, renewed), GERMAN, FRENCH),
                        "french, renewed"),
                row(
                        "a replacement of the success behind a failure",
                        after(replace(OLD, plain("new")), OLD, GONE),
                        "gone, new"),
                row("a replacement of a response that is gone", after(replace(OLD, plain("new")), FRENCH), "french"),
                row(
                        "a replacement of a response that an equal one replaced",
                        after(replace(OLD, plain("new")), OLD, plain("old")),
                        "old"),
                row("a removal where nothing is stored", after(replace(OLD, null)), "nothing"),
                row("a removal of the only response", after(replace(OLD, null), OLD), "nothing"),
                row("a removal of one of two", after(replace(GERMAN, null), FRENCH, GERMAN), "french"),
                row("a removal of a response that is gone", after(replace(OLD, null), FRENCH), "french"));
    }

    @ParameterizedTest
    @MethodSource("replacements")
    void a_response_replaced(Row<Supplier<@Nullable VariantSet>> row) {
        assertThat(names(row.given().get())).isEqualTo(row.outcome());
    }

    static Stream<Row<Supplier<@Nullable VariantSet>>> drops() {
        return Stream.of(
                row("a drop where nothing is stored", after(drop(NONE)), "nothing"),
                row("a drop of the only response", after(drop(NONE), OLD), "nothing"),
                row("a drop of a failure before a success", after(drop(NONE), OLD, GONE), "nothing"),
                row("a drop of one of two variants", after(drop(asked("de")), FRENCH, GERMAN), "french"),
                row("a drop of a variant and a success", after(drop(asked("de")), OLD, FRENCH, GERMAN), "french"),
                row(
                        "a drop by a request that selects nothing",
                        after(drop(asked("it")), FRENCH, GERMAN),
                        "german, french"),
                row("a drop of a response for all callers", after(drop(NONE), COMMON_ONE), "nothing"),
                row("a drop for all where nothing is stored", after(dropForAll(NONE)), "nothing"),
                row("a drop for all of a response for all", after(dropForAll(NONE), COMMON_ONE), "nothing"),
                row("a drop for all of a response for a few", after(dropForAll(NONE), MINE), "mine"),
                row(
                        "a drop for all of a variant for all before a response for a few",
                        after(dropForAll(asked("de")), MINE, varied(200, "de", "german", COMMON)),
                        "mine"),
                row(
                        "a drop for all by another request",
                        after(dropForAll(asked("fr")), MINE, varied(200, "de", "german", COMMON)),
                        "german, mine"));
    }

    @ParameterizedTest
    @MethodSource("drops")
    void responses_dropped(Row<Supplier<@Nullable VariantSet>> row) {
        assertThat(names(row.given().get())).isEqualTo(row.outcome());
    }

    static Stream<Row<List<Revalidation>>> ways() {
        return Stream.of(
                row("by tag over by tag", List.of(Revalidation.BY_TAG, Revalidation.BY_TAG), "BY_TAG"),
                row("by date over by tag", List.of(Revalidation.BY_TAG, Revalidation.BY_DATE), "BY_DATE"),
                row("by tag over by date", List.of(Revalidation.BY_DATE, Revalidation.BY_TAG), "BY_DATE"),
                row(
                        "unconditional over by date",
                        List.of(Revalidation.BY_DATE, Revalidation.UNCONDITIONAL),
                        "UNCONDITIONAL"),
                row(
                        "by date over unconditional",
                        List.of(Revalidation.UNCONDITIONAL, Revalidation.BY_DATE),
                        "UNCONDITIONAL"));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void a_set_that_lives_on_keeps_the_later_way_to_revalidate(Row<List<Revalidation>> row) {
        VariantSet before = set(FRENCH).revalidated(row.given().getFirst());
        Change change =
                new Change.Put(KEY, asked("de"), plain("new"), row.given().getLast(), 1);
        assertThat(change.appliedTo(before).revalidation()).hasToString(row.outcome());
    }

    @Test
    void a_put_over_all_responses_keeps_the_later_way_to_revalidate() {
        VariantSet before = set(OLD).revalidated(Revalidation.UNCONDITIONAL);
        assertThat(put(plain("new")).appliedTo(before).revalidation()).isEqualTo(Revalidation.UNCONDITIONAL);
    }

    @Test
    void a_put_over_nothing_brings_its_way_to_revalidate() {
        Change change = new Change.Put(KEY, NONE, plain("new"), Revalidation.BY_DATE, 1);
        assertThat(change.appliedTo(null).revalidation()).isEqualTo(Revalidation.BY_DATE);
    }

    @Test
    void a_replacement_without_effect_leaves_the_very_same_set() {
        VariantSet before = set(FRENCH);
        assertThat(replace(OLD, plain("new")).appliedTo(before)).isSameAs(before);
    }

    @Test
    void a_change_without_a_response_brings_no_life() {
        assertThat(put(OLD).usefulNanos()).isEqualTo(1);
        assertThat(replace(OLD, plain("new")).usefulNanos()).isEqualTo(1);
        assertThat(drop(NONE).usefulNanos()).isZero();
        assertThat(dropForAll(NONE).usefulNanos()).isZero();
    }

    @Test
    void shared_changes_bring_equal_responses_with_common_parts() {
        Interner interner = new Interner();
        StoredResponse first = in("de", "first");
        StoredResponse second = in("de", "second");
        assertThat(second.selection()).isNotSameAs(first.selection()).isEqualTo(first.selection());
        Change.Put put = new Change.Put(KEY, asked("de"), first, Revalidation.BY_DATE, 7).sharing(interner);
        Change.Replace replace = new Change.Replace(KEY, OLD, second, 8).sharing(interner);
        assertThat(put).isEqualTo(new Change.Put(KEY, asked("de"), first, Revalidation.BY_DATE, 7));
        assertThat(replace).isEqualTo(new Change.Replace(KEY, OLD, second, 8));
        assertThat(replace.by().selection()).isSameAs(put.response().selection());
        assertThat(replace.by().terms()).isSameAs(put.response().terms());
        assertThat(put.response().representation()).isSameAs(first.representation());
    }

    @Test
    void a_change_without_a_response_shares_nothing() {
        Interner interner = new Interner();
        for (Change change : List.of(drop(NONE), dropForAll(NONE), replace(OLD, null))) {
            assertThat(change.sharing(interner)).isSameAs(change);
        }
    }
}
