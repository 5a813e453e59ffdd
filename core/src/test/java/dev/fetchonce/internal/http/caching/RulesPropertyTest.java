package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.message.DeltaSeconds;
import dev.fetchonce.internal.http.message.Directives;
import dev.fetchonce.internal.http.message.HttpDate;
import dev.fetchonce.internal.http.message.ListField;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.message.ResponseDirectives;
import dev.fetchonce.internal.http.message.StructuredDictionary;
import dev.fetchonce.testing.HttpDates;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Invariants of the rules of HTTP, for random input. */
class RulesPropertyTest {
    private static final long FIRST_SECOND =
            Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST_SECOND =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    private static final List<String> TARGETS = List.of("CDN-Cache-Control");

    @Property
    void a_date_that_is_written_is_read_again(@ForAll("dates") Instant date, @ForAll("moments") Instant now) {
        assertThat(HttpDate.parse(HttpDates.format(date), now)).contains(date);
    }

    @Property
    void no_text_is_a_date_that_makes_the_parser_throw(@ForAll("texts") String text, @ForAll("moments") Instant now) {
        HttpDate.parse(text, now)
                .filter(RulesPropertyTest::writable)
                .ifPresent(date ->
                        assertThat(HttpDate.parse(HttpDates.format(date), now)).contains(date));
    }

    @Property
    void an_age_is_never_negative(
            @ForAll("responses") HttpHeaders response, @ForAll("moments") Instant received, @ForAll long delay) {
        long apparent = CurrentAge.apparentAge(response, received);
        long corrected = CurrentAge.correctedAgeValue(response, delay);
        long initial = CurrentAge.correctedInitialAge(response, received, delay);
        assertThat(List.of(CurrentAge.ageValue(response), apparent, corrected, initial))
                .allMatch(age -> age >= 0 && age <= DeltaSeconds.MAXIMUM_NANOS);
        assertThat(initial).isGreaterThanOrEqualTo(apparent).isGreaterThanOrEqualTo(corrected);
    }

    @Property
    void every_response_has_a_lifetime_and_none_is_negative(
            @ForAll("responses") HttpHeaders response,
            @ForAll @IntRange(min = -1, max = 1_000) int status,
            @ForAll boolean shared,
            @ForAll @DoubleRange(min = 0, max = 1) double fraction,
            @ForAll @LongRange(min = 0, max = DeltaSeconds.MAXIMUM) long cap,
            @ForAll("moments") Instant received) {
        HttpCachingOptions options = new HttpCachingOptions(shared, fraction, DeltaSeconds.nanos(cap), TARGETS);
        ResponseDirectives directives = ResponseDirectives.of(response, TARGETS);
        FreshnessLifetime lifetime = FreshnessLifetime.of(options, status, response, directives, received);
        assertThat(lifetime.nanos()).isBetween(0L, DeltaSeconds.MAXIMUM_NANOS);
        if (lifetime instanceof FreshnessLifetime.Heuristic) {
            assertThat(lifetime.nanos()).isLessThanOrEqualTo(options.heuristicCapNanos());
            assertThat(directives.maxAge()).isEmpty();
        }
    }

    @Property
    void no_text_makes_the_directives_throw(@ForAll("lines") List<String> lines) {
        Directives directives = Directives.parse(lines);
        assertThat(directives.all())
                .noneMatch(directive -> directive.name().isEmpty())
                .allMatch(directive -> directive.name().equals(directive.name().toLowerCase(Locale.ROOT)));
        HttpHeaders headers = lines("Cache-Control", lines);
        ResponseDirectives response = ResponseDirectives.of(headers, TARGETS);
        RequestDirectives request = RequestDirectives.of(headers);
        assertThat(response.maxAge()).isEqualTo(request.maxAge());
        assertThat(response.noStore()).isEqualTo(request.noStore());
        RequestDirectives.of(lines("Pragma", lines));
    }

    @Property
    void no_text_makes_the_targeted_fields_throw(@ForAll("lines") List<String> lines) {
        StructuredDictionary.parse(lines);
        HttpHeaders headers = lines("cdn-cache-control", lines); // it trims the lines
        boolean valid = StructuredDictionary.parse(headers.allValues("CDN-Cache-Control"))
                .filter(members -> !members.isEmpty())
                .isPresent();
        assertThat(ResponseDirectives.of(headers, TARGETS).targeted()).isEqualTo(valid);
    }

    @Property
    void directives_that_are_written_are_read_again(
            @ForAll("directives") List<Directives.Directive> directives, @ForAll boolean inOneLine) {
        List<String> lines = directives.stream().map(RulesPropertyTest::written).toList();
        List<String> sent = inOneLine ? List.of(" ," + String.join("\t,  ", lines) + ",") : lines;
        assertThat(Directives.parse(sent).all()).isEqualTo(directives);
    }

    @Property
    void a_dictionary_that_is_written_is_read_again(@ForAll("dictionaries") Map<String, Long> dictionary) {
        String field = dictionary.entrySet().stream()
                .map(member -> member.getKey() + '=' + member.getValue())
                .collect(Collectors.joining(" ,\t"));
        assertThat(StructuredDictionary.parse(List.of(field)).orElseThrow())
                .hasSameSizeAs(dictionary)
                .allSatisfy((key, value) ->
                        assertThat(value).isEqualTo(new StructuredDictionary.Whole(dictionary.get(key))));
    }

    @Property
    void a_list_has_the_same_members_when_they_are_listed_again(@ForAll("lines") List<String> lines) {
        List<String> members = ListField.members(lines);
        assertThat(members).noneMatch(String::isBlank).allMatch(member -> member.equals(member.strip()));
        assertThat(ListField.members(members)).isEqualTo(members);
        List<String> tokens = ListField.tokens(lines);
        assertThat(ListField.tokens(List.of(String.join(",", tokens)))).isEqualTo(tokens);
    }

    @Provide
    Arbitrary<Instant> dates() {
        return Arbitraries.longs().between(FIRST_SECOND, LAST_SECOND).map(Instant::ofEpochSecond);
    }

    @Provide
    Arbitrary<Instant> moments() {
        Arbitrary<Instant> any = Combinators.combine(
                        Arbitraries.longs().between(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()),
                        Arbitraries.longs().between(0, 999_999_999))
                .as(Instant::ofEpochSecond);
        Arbitrary<Instant> ours =
                Arbitraries.longs().between(0, 4_000_000_000_000L).map(Instant::ofEpochMilli);
        return Arbitraries.oneOf(any, ours);
    }

    /** Random bytes as Latin-1 characters, mixed with pieces of the grammar. */
    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> bytes =
                Arbitraries.strings().withCharRange((char) 0, (char) 255).ofMaxLength(12);
        Arbitrary<String> pieces = Arbitraries.of(
                "max-age",
                "s-maxage",
                "no-cache",
                "private",
                "no-store",
                "stale-if-error",
                "max-stale",
                "x",
                "=",
                "=",
                "\"",
                "\"",
                "\\",
                ",",
                ",",
                ";",
                " ",
                "\t",
                "(",
                ")",
                ":",
                "?",
                "?1",
                "@",
                "%\"",
                "%c3",
                "-",
                ".",
                "0",
                "5",
                "60",
                "2147483649",
                "99999999999999999999",
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Sun Nov  6 08:49:37 1994",
                "Sunday, 06-Nov-94 08:49:37 GMT");
        return Arbitraries.frequencyOf(Tuple.of(1, bytes), Tuple.of(8, pieces))
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<List<String>> lines() {
        return texts().list().ofMaxSize(4);
    }

    @Provide
    Arbitrary<HttpHeaders> responses() {
        Arbitrary<String> dates = dates().map(HttpDates::format);
        Arbitrary<String> near = Arbitraries.longs()
                .between(0, 4_000_000_000L)
                .map(Instant::ofEpochSecond)
                .map(HttpDates::format);
        Arbitrary<String> numbers =
                Arbitraries.longs().map(number -> "max-age=" + number + ", public, stale-if-error=" + number);
        Arbitrary<String> values = Arbitraries.oneOf(
                texts(), dates, near, numbers, Arbitraries.longs().map(String::valueOf));
        Arbitrary<String> names = Arbitraries.of(
                "Date",
                "Expires",
                "Last-Modified",
                "Age",
                "Cache-Control",
                "CDN-Cache-Control",
                "date",
                "expires",
                "age");
        return Combinators.combine(names, values)
                .as(List::of)
                .list()
                .ofMaxSize(6)
                .map(all -> fields(all.stream().flatMap(List::stream).toArray(String[]::new)));
    }

    @Provide
    Arbitrary<List<Directives.Directive>> directives() {
        Arbitrary<String> names = Arbitraries.strings()
                .withChars("abcdefghijklmnopqrstuvwxyz0123456789-_.!#$%&'*+^`|~")
                .ofMinLength(1)
                .ofMaxLength(8);
        Arbitrary<String> arguments = Arbitraries.strings()
                .withCharRange(' ', '~')
                .withChars("\t\"\\,=\u00e4")
                .ofMaxLength(8)
                .injectNull(0.3);
        return Combinators.combine(names, arguments)
                .as(Directives.Directive::new)
                .list()
                .ofMaxSize(6);
    }

    @Provide
    Arbitrary<Map<String, Long>> dictionaries() {
        Arbitrary<String> keys = Combinators.combine(
                        Arbitraries.strings().withChars("abcxyz*").ofLength(1),
                        Arbitraries.strings().withChars("abcxyz0129_-.*").ofMaxLength(4))
                .as(String::concat);
        return Arbitraries.maps(keys, Arbitraries.longs().between(-999_999_999_999_999L, 999_999_999_999_999L))
                .ofMaxSize(5);
    }

    private static boolean writable(Instant date) {
        return date.getEpochSecond() >= FIRST_SECOND && date.getEpochSecond() <= LAST_SECOND;
    }

    private static String written(Directives.Directive directive) {
        String argument = directive.argument();
        return argument == null
                ? directive.name().toUpperCase(Locale.ROOT)
                : directive.name() + "=\"" + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static HttpHeaders lines(String name, List<String> lines) {
        List<String> namesAndValues = new ArrayList<>();
        lines.forEach(line -> namesAndValues.addAll(List.of(name, line)));
        return fields(namesAndValues.toArray(String[]::new));
    }
}
