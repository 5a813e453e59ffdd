package dev.fetchonce.internal.http.message;

/** A token, of which HTTP makes the names of fields and directives, and arguments without blanks (RFC 9110 §5.6.2). */
public final class HttpToken {
    private HttpToken() {}

    /** Reports whether the text is a token; an empty text is no token. */
    public static boolean is(String text) {
        return !text.isEmpty() && text.chars().allMatch(HttpToken::mayHave);
    }

    /** Reports whether a token may contain this character. */
    static boolean mayHave(int character) {
        return letter(character) || digit(character) || "!#$%&'*+-.^_`|~".indexOf(character) >= 0;
    }

    /** Reports whether the character is an ASCII letter. */
    static boolean letter(int character) {
        int lower = character | 0x20;
        return lower >= 'a' && lower <= 'z';
    }

    /** Reports whether the character is an ASCII digit. */
    static boolean digit(int character) {
        return character >= '0' && character <= '9';
    }
}
