package dev.fetchonce.internal.http.stored;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.message.Fields.oneOf;
import static dev.fetchonce.internal.http.message.Fields.random;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.fetchonce.internal.http.message.Vary;
import java.lang.management.ManagementFactory;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests for which a response was selected (RFC 9111 §4.1, RFC 9110 §5.3, §5.6.1 and §12.5.5). */
class VarySelectionTest {
    private static final HttpHeaders GERMAN = fields("Accept-Language", "de", "Accept", "text/html");
    private static final int MATCHES = 10_000;
    private static final HttpHeaders FRENCH = fields("Accept-Language", "fr", "Accept", "text/html");

    @Test
    void a_response_without_vary_matches_every_request() {
        for (HttpHeaders response : List.of(fields(), fields("Vary", ""), fields("Vary", " , "))) {
            VarySelection all = VarySelection.of(response, GERMAN);
            assertThat(all.matches(GERMAN)).isTrue();
            assertThat(all.matches(FRENCH)).isTrue();
            assertThat(all.matches(fields())).isTrue();
            assertThat(all.fingerprint()).isEqualTo(Map.of()).hasSameHashCodeAs(Map.of());
            assertThat(all.weight()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Accept-Language",
                "ACCEPT-LANGUAGE",
                " accept-language ",
                ",Accept-Language,",
                "x, Accept-Language, X"
            })
    void vary_names_fields_in_any_case_and_with_empty_members(String vary) {
        VarySelection german = VarySelection.of(fields("vary", vary), GERMAN);
        assertThat(german.matches(GERMAN)).isTrue();
        assertThat(german.matches(FRENCH)).isFalse();
        assertThat(german.matches(fields("accept-language", "de"))).isTrue();
        assertThat(german.matches(fields())).isFalse();
    }

    @Test
    void a_stray_quotation_mark_in_vary_hides_no_name() {
        VarySelection german = VarySelection.of(fields("Vary", "\"x, Accept-Language"), GERMAN);
        assertThat(german.matches(FRENCH)).isFalse();
    }

    @Test
    void vary_in_several_lines_names_all_of_them() {
        HttpHeaders response = fields("Vary", "Accept", "Vary", "Accept-Language, Accept-Encoding");
        VarySelection selection = VarySelection.of(response, GERMAN);
        assertThat(selection.matches(GERMAN)).isTrue();
        assertThat(selection.matches(FRENCH)).isFalse();
        assertThat(selection.matches(fields("Accept-Language", "de"))).isFalse();
        assertThat(selection.matches(fields("Accept-Language", "de", "Accept", "text/html", "Accept-Encoding", "gzip")))
                .as("RFC 9111 §4.1: a field absent from one request must be absent from the other")
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", " * ", "Accept, *", "*, Accept", "Accept,*,Accept-Language", ",*"})
    void a_star_anywhere_matches_no_request(String vary) {
        for (HttpHeaders response : List.of(fields("Vary", vary), fields("Vary", "Accept", "Vary", vary))) {
            VarySelection none = VarySelection.of(response, GERMAN);
            assertThat(none.matches(GERMAN)).isFalse();
            assertThat(none.matches(fields())).isFalse();
            assertThat(none.forRequest(GERMAN).matches(GERMAN)).isFalse();
            assertThat(Vary.of(response).matchesNoRequest()).isTrue();
        }
    }

    @Test
    void a_star_within_a_name_is_no_star() {
        assertThat(Vary.of(fields("Vary", "x*"))).isEqualTo(new Vary(List.of("x*"), false));
        assertThat(VarySelection.of(fields("Vary", "x*"), GERMAN).matches(GERMAN))
                .isTrue();
    }

    @Test
    void more_than_32_names_match_no_request_as_http_has_it() {
        HttpHeaders most = fields("Vary", names(32));
        HttpHeaders tooMany = fields("Vary", names(33));
        assertThat(VarySelection.of(most, GERMAN).matches(GERMAN)).isTrue();
        assertThat(VarySelection.of(tooMany, GERMAN).matches(GERMAN)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", " * ", "Accept, *", "*, Accept", ",*"})
    void with_a_ttl_a_star_adds_nothing_to_the_names_beside_it(String vary) {
        VarySelection selection = VarySelection.ofTtl(fields("Vary", vary), GERMAN);
        assertThat(selection.matches(GERMAN)).isTrue();
        assertThat(selection.matches(FRENCH)).isTrue();
        assertThat(selection.matches(fields())).isEqualTo(!vary.contains("Accept"));
    }

    @Test
    void with_a_ttl_and_too_many_names_all_fields_of_the_request_count() {
        HttpHeaders vary = fields("Vary", names(33));
        VarySelection german = VarySelection.ofTtl(vary, GERMAN);
        assertThat(german.matches(fields("accept", "text/html", "ACCEPT-LANGUAGE", "de")))
                .isTrue();
        assertThat(german.matches(FRENCH)).isFalse();
        assertThat(german.matches(fields())).isFalse();
        assertThat(german.matches(fields("Accept-Language", "de"))).isFalse();
        assertThat(german.matches(fields("Accept-Language", "de", "Accept", "text/html", "X-1", "x")))
                .isFalse();
        assertThat(german.varies()).isTrue();
        VarySelection plain = VarySelection.ofTtl(vary, fields());
        assertThat(plain.matches(fields())).isTrue();
        assertThat(plain.matches(GERMAN)).isFalse();
        assertThat(plain.varies()).isTrue();
        assertThat(plain.forRequest(GERMAN)).isEqualTo(german);
        assertThat(german.forRequest(fields())).isEqualTo(plain);
        assertThat(german.fingerprint()).isNotEqualTo(plain.fingerprint());
    }

    private static String names(int number) {
        return IntStream.range(0, number).mapToObj(i -> "x" + i).collect(Collectors.joining(","));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "a,b      # a,b       # true",
                "a,b      # a, b      # true",
                "a,b      # ' a\t,b ' # true",
                "a,b      # a|b       # true",
                "a,b      # a,,b      # true",
                "a,b      # b,a       # false",
                "a,b      # a         # false",
                "a,b      # A,b       # false",
                "a b      # a  b      # false",
                "''       # ''        # true",
                "''       # -         # false",
                "-        # ''        # false",
                "-        # -         # true",
                "','      # -         # false",
                "','      # ''        # true",
                "a=\"b, c\" # a=\"b,c\"    # false",
                "a=\"b, c\" # ' a=\"b, c\"\t,' # true",
                "a=\"b,c\",d # a=\"b,c\" , d # true",
                "\"a|b\"   # \"a,b\"     # false",
                "\"a|b\"   # '\"a |, b\"' # true",
            })
    void values_match_up_to_white_space_and_the_split_into_lines(String mine, String theirs, boolean same) {
        HttpHeaders vary = fields("Vary", "Accept");
        VarySelection selection = VarySelection.of(vary, accepting(mine));
        assertThat(selection.matches(accepting(theirs))).isEqualTo(same);
        assertThat(selection
                        .fingerprint()
                        .equals(VarySelection.of(vary, accepting(theirs)).fingerprint()))
                .isEqualTo(same);
    }

    @Test
    void matches_and_fingerprint_agree_for_random_requests() {
        Random random = random("matches_and_fingerprint");
        HttpHeaders vary = fields("Vary", "a, B", "Vary", "c");
        int matched = 0;
        for (int i = 0; i < 20_000; i++) {
            HttpHeaders one = randomRequest(random);
            HttpHeaders two = randomRequest(random);
            VarySelection mine = VarySelection.of(vary, one);
            VarySelection theirs = mine.forRequest(two);
            boolean matches = mine.matches(two);
            String both = one.map() + " and " + two.map();
            assertThat(mine.fingerprint().equals(theirs.fingerprint())).as(both).isEqualTo(matches);
            assertThat(theirs.matches(one)).as("symmetric: " + both).isEqualTo(matches);
            assertThat(mine.matches(one)).as("reflexive: " + both).isTrue();
            if (matches) {
                assertThat(mine.fingerprint()).hasSameHashCodeAs(theirs.fingerprint());
                matched++;
            }
        }
        assertThat(matched).isBetween(200, 19_800);
    }

    @Test
    void the_names_of_the_fields_are_part_of_the_fingerprint() {
        HttpHeaders request = fields("A", "1", "B", "1");
        assertThat(VarySelection.of(fields("Vary", "A"), request).fingerprint())
                .isNotEqualTo(VarySelection.of(fields("Vary", "B"), request).fingerprint())
                .isNotEqualTo(VarySelection.of(fields("Vary", "A,B"), request).fingerprint())
                .isEqualTo(VarySelection.of(fields("Vary", "a, A"), request).fingerprint());
        assertThat(VarySelection.of(fields("Vary", "A,B"), request).fingerprint())
                .isEqualTo(VarySelection.of(fields("Vary", "B,A"), request).fingerprint());
    }

    @Test
    void a_match_of_equal_lines_allocates_nothing() {
        VarySelection selection = VarySelection.of(fields("Vary", "Accept, Accept-Language, X-None"), GERMAN);
        HttpHeaders same = fields("Accept", "text/html", "Accept-Language", "de");
        HttpHeaders padded = fields("Accept", "text/html,", "Accept-Language", "de");
        assertThat(allocatedBy(selection, same)).isLessThan(MATCHES);
        assertThat(allocatedBy(selection, padded)).as("the control").isGreaterThan(MATCHES * 50L);
    }

    private static long allocatedBy(VarySelection selection, HttpHeaders request) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        boolean matched = selection.matches(request); // the first call loads classes
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MATCHES; i++) {
            matched &= selection.matches(request);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(matched).isTrue();
        return allocated;
    }

    private static HttpHeaders accepting(String lines) {
        List<String> namesAndValues = new ArrayList<>();
        if (!lines.equals("-")) {
            for (String line : lines.split("\\|", -1)) {
                namesAndValues.add("Accept");
                namesAndValues.add(line);
            }
        }
        return fields(namesAndValues.toArray(String[]::new));
    }

    private static HttpHeaders randomRequest(Random random) {
        Map<String, List<String>> request = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int n = random.nextInt(4); n > 0; n--) {
            request.computeIfAbsent(oneOf(random, "a", "A", "b", "c", "d"), name -> new ArrayList<>())
                    .add(oneOf(random, "", ",", "x", " x", "x,y", "x, y", "y", "=x"));
        }
        return HttpHeaders.of(request, (name, value) -> true);
    }
}
