package dev.fetchonce.internal.http.message;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Encoded fields decode to equal fields. */
class HeaderCodecPropertyTest {
    private static final List<String> USUAL = List.of(
            "Content-Type", "content-type", "ETag", "etag", "Etag", "X-XSS-Protection", "x-xss-protection", "Vary");

    @Property
    void stored_fields_come_back_with_names_as_spelled_and_values_in_order(@ForAll("responses") HttpHeaders fields) {
        HttpHeaders again = HttpHeaders.of(HeaderCodec.map(HeaderCodec.of(fields)), (name, value) -> true);
        assertThat(lines(again)).isEqualTo(lines(fields));
    }

    @Property
    void equal_fields_are_equal_bytes(@ForAll("responses") HttpHeaders fields) {
        byte[] lines = HeaderCodec.of(fields);
        assertThat(HeaderCodec.of(HttpHeaders.of(HeaderCodec.map(lines), (name, value) -> true)))
                .isEqualTo(lines);
    }

    @Property
    void the_values_of_one_field_are_those_that_it_has_among_all(@ForAll("responses") HttpHeaders fields) {
        byte[] lines = HeaderCodec.of(fields);
        fields.map().forEach((name, values) -> {
            assertThat(HeaderCodec.values(lines, name)).isEqualTo(values);
            assertThat(HeaderCodec.values(lines, name.toUpperCase(Locale.ROOT))).isEqualTo(values);
        });
        assertThat(HeaderCodec.values(lines, "no such field")).isEmpty();
    }

    @Example
    void a_usual_name_takes_a_byte_and_a_value_a_byte_more_than_its_characters() {
        assertThat(HeaderCodec.of(fields())).hasSize(1);
        assertThat(HeaderCodec.of(fields("Content-Type", "a/b"))).hasSize(1 + 1 + 1 + 3);
        assertThat(HeaderCodec.of(fields("content-type", "a/b"))).hasSize(1 + 1 + 1 + 3);
        assertThat(HeaderCodec.of(fields("CONTENT-TYPE", "a/b"))).hasSize(1 + 1 + 1 + 12 + 1 + 3);
        assertThat(HeaderCodec.of(fields("Vary", "x".repeat(128)))).hasSize(1 + 1 + 2 + 128);
    }

    @Example
    void half_a_surrogate_pair_is_not_lost() {
        HttpHeaders odd = fields("X", "\uD800", "Y", "\u00FF\u0100\uDFFF");
        assertThat(HeaderCodec.map(HeaderCodec.of(odd))).isEqualTo(odd.map());
    }

    private static List<Map.Entry<String, List<String>>> lines(HttpHeaders fields) {
        return List.copyOf(fields.map().entrySet());
    }

    @Provide
    Arbitrary<HttpHeaders> responses() {
        Arbitrary<String> own =
                Arbitraries.strings().withCharRange('!', '~').ofMinLength(1).ofMaxLength(140);
        Arbitrary<String> names = Arbitraries.oneOf(Arbitraries.of(USUAL), own);
        Arbitrary<String> latin =
                Arbitraries.strings().withCharRange(' ', '\u00FF').ofMaxLength(300);
        Arbitrary<String> any = Arbitraries.strings().all().ofMaxLength(20);
        Arbitrary<String> values = Arbitraries.frequencyOf(Tuple.of(30, latin), Tuple.of(1, any));
        return Arbitraries.maps(names, values.list().ofMinSize(1).ofMaxSize(3))
                .ofMaxSize(12)
                .map(HeaderCodecPropertyTest::headers);
    }

    private static HttpHeaders headers(Map<String, List<String>> lines) {
        Map<String, List<String>> one = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        lines.forEach((name, values) -> one.put(name, values));
        return HttpHeaders.of(one, (name, value) -> true);
    }
}
