package dev.fetchonce.internal.http.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("RFC 9110 §5.6.2 tokens")
class HttpTokenTest {
    @Test
    void a_token_is_made_of_these_characters() {
        String allowed = IntStream.range(0, 0x10000)
                .filter(HttpToken::mayHave)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        assertThat(allowed).isEqualTo("!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");
        assertThat(HttpToken.is(allowed)).isTrue();
    }

    @Test
    void nothing_else_is_one() {
        assertThat(HttpToken.is("")).isFalse();
        assertThat(HttpToken.is("a b")).isFalse();
        assertThat(HttpToken.is("a\u00e4")).isFalse();
        assertThat(HttpToken.is(" a")).isFalse();
    }
}
