package dev.fetchonce.internal.http.message;

/** The words that HTTP's fields are made of (RFC 9110 §5.6.2): names of fields and directives, arguments without blanks. */
public final class HttpToken {
    private HttpToken() {}

    /** Whether this is one; an empty text is none. */
    public static boolean is(String text) {
        return !text.isEmpty() && text.chars().allMatch(HttpToken::mayHave);
    }

    /** Whether a token may have this character. */
    static boolean mayHave(int character) {
        return letter(character) || digit(character) || "!#$%&'*+-.^_`|~".indexOf(character) >= 0;
    }

    /** An ASCII letter. */
    static boolean letter(int character) {
        int lower = character | 0x20;
        return lower >= 'a' && lower <= 'z';
    }

    /** An ASCII digit. */
    static boolean digit(int character) {
        return character >= '0' && character <= '9';
    }
}
