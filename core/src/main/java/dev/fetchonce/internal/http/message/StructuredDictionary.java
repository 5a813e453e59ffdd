package dev.fetchonce.internal.http.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A parser for a field that is a Dictionary of RFC 9651 §4.2, which includes RFC 8941. One mistake makes the whole
 * field invalid, and of a repeated key the last one counts. Both rules differ from Cache-Control. The parser checks
 * parameters and drops them.
 *
 * <p>An instance serves one use by one thread.
 */
public final class StructuredDictionary {
    private static final int LONGEST_INTEGER = 15;
    private static final int LONGEST_WHOLE_PART = 12;
    private static final int LONGEST_FRACTION = 3;

    private final String text;
    private int at;

    private StructuredDictionary(String text) {
        this.text = text;
    }

    /** The value of a key. */
    public sealed interface Value {}

    /** An Integer, which has at most 15 digits. */
    public record Whole(long number) implements Value {}

    /** A Boolean. */
    record Flag(boolean on) implements Value {}

    /** A String or a Token. */
    record Text(String text) implements Value {}

    /** A Decimal, a Byte Sequence, a Date, a Display String or an Inner List; no cache directive has such a value. */
    record Other() implements Value {}

    /**
     * Reads the lines of the field.
     *
     * @param lines any lines; this method throws nothing
     * @return the members in order, which are no members for an absent or empty field; empty when the field is no
     *     Dictionary
     */
    public static Optional<Map<String, Value>> parse(List<String> lines) {
        StructuredDictionary field = new StructuredDictionary(String.join(", ", lines));
        field.skip(" ");
        Map<String, Value> members = new LinkedHashMap<>();
        if (field.ended()) {
            return Optional.of(members);
        }
        do {
            String key = field.key();
            Value value = key == null ? null : field.member();
            if (key == null || value == null) {
                return Optional.empty();
            }
            members.put(key, value);
            field.skip(" \t");
        } while (field.comma());
        return field.ended() ? Optional.of(members) : Optional.empty();
    }

    /** Reads the value of a key and its parameters; null when they are invalid. */
    private @Nullable Value member() {
        Value value = new Flag(true);
        if (consume('=')) {
            value = peek() == '(' ? innerList() : bareItem();
        }
        return value != null && parameters() ? value : null;
    }

    private @Nullable Value innerList() {
        at++;
        skip(" ");
        while (!consume(')')) {
            if (bareItem() == null || !parameters()) {
                return null;
            }
            boolean apart = peek() == ' ';
            skip(" ");
            if (!apart && peek() != ')') {
                return null;
            }
        }
        return new Other();
    }

    private boolean parameters() {
        while (consume(';')) {
            skip(" ");
            if (key() == null || (consume('=') && bareItem() == null)) {
                return false;
            }
        }
        return true;
    }

    private @Nullable String key() {
        char first = peek();
        return lower(first) || first == '*' ? run(c -> lower(c) || HttpToken.digit(c) || "_-.*".indexOf(c) >= 0) : null;
    }

    private @Nullable Value bareItem() {
        char first = peek();
        if (first == '-' || HttpToken.digit(first)) {
            return number();
        }
        if (HttpToken.letter(first) || first == '*') {
            return new Text(run(c -> HttpToken.mayHave(c) || c == ':' || c == '/'));
        }
        at++;
        return switch (first) {
            case '"' -> string();
            case '?' -> flag();
            case ':' -> bytes();
            case '@' -> number() instanceof Whole ? new Other() : null;
            case '%' -> consume('"') ? displayString() : null;
            default -> null;
        };
    }

    private @Nullable Value number() {
        boolean negative = consume('-');
        String digits = run(HttpToken::digit);
        if (digits.isEmpty() || digits.length() > LONGEST_INTEGER) {
            return null;
        }
        if (consume('.')) {
            String fraction = run(HttpToken::digit);
            boolean fits = digits.length() <= LONGEST_WHOLE_PART
                    && !fraction.isEmpty()
                    && fraction.length() <= LONGEST_FRACTION;
            return fits ? new Other() : null;
        }
        long number = Long.parseLong(digits);
        return new Whole(negative ? -number : number);
    }

    private @Nullable Value string() {
        StringBuilder content = new StringBuilder();
        while (!ended()) {
            char character = text.charAt(at++);
            if (character == '"') {
                return new Text(content.toString());
            }
            if (character == '\\') {
                character = peek();
                at++;
                if (character != '"' && character != '\\') {
                    return null;
                }
            } else if (!printable(character)) {
                return null;
            }
            content.append(character);
        }
        return null;
    }

    private @Nullable Value flag() {
        return consume('1') ? new Flag(true) : consume('0') ? new Flag(false) : null;
    }

    private @Nullable Value bytes() {
        run(c -> HttpToken.letter(c) || HttpToken.digit(c) || "+/=".indexOf(c) >= 0);
        return consume(':') ? new Other() : null;
    }

    /** Reads a Display String: UTF-8 in printable ASCII, the rest percent-encoded in lower case (RFC 9651 §4.2.10). */
    private @Nullable Value displayString() {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        while (!ended()) {
            char character = text.charAt(at++);
            if (character == '"') {
                return utf8(content.toByteArray()) ? new Other() : null;
            }
            if (character != '%') {
                if (!printable(character)) {
                    return null;
                }
                content.write(character);
            } else if (hex(0) && hex(1)) {
                content.write(HexFormat.fromHexDigits(text, at, at + 2));
                at += 2;
            } else {
                return null;
            }
        }
        return null;
    }

    private boolean hex(int ahead) {
        char character = at + ahead < text.length() ? text.charAt(at + ahead) : 0;
        return HttpToken.digit(character) || (character >= 'a' && character <= 'f');
    }

    private static boolean utf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private String run(IntPredicate belongs) {
        int start = at;
        while (!ended() && belongs.test(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private void skip(String blanks) {
        run(character -> blanks.indexOf(character) >= 0);
    }

    private boolean comma() {
        boolean there = consume(',');
        skip(" \t");
        return there;
    }

    private boolean consume(char expected) {
        boolean there = !ended() && text.charAt(at) == expected;
        at += there ? 1 : 0;
        return there;
    }

    /** Returns the next character; NUL at the end, which no rule accepts. */
    private char peek() {
        return ended() ? 0 : text.charAt(at);
    }

    private boolean ended() {
        return at >= text.length();
    }

    private static boolean printable(int character) {
        return character >= ' ' && character <= '~';
    }

    private static boolean lower(int character) {
        return character >= 'a' && character <= 'z';
    }
}
