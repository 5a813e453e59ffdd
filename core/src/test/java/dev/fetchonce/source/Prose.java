package dev.fetchonce.source;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The prose of a file: the comments of a source, or the text of a document. Code and quotations are left out.
 *
 * @param words the number of words
 * @param refused the expressions that stand in place of a name, each with the words around it
 * @param tooLong the sentences of more than {@link #LONGEST} words
 */
record Prose(int words, List<String> refused, List<String> tooLong) {
    /** The most words that a sentence may have. */
    static final int LONGEST = 40;

    /** Inline tags, fenced and inline code, quotations, elements, and the addresses of links. */
    private static final Pattern NO_PROSE =
            Pattern.compile("(?s)\\{@(?:code|link|linkplain|value|literal|snippet)\\b[^{}]*\\}"
                    + "|<pre>.*?</pre>|```.*?```|`[^`\\n]*`|\"[^\"\\n]*\"|<[^>\\n]+>|(?<=\\])\\([^)\\n]*\\)");

    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z'\u2019-]*");

    private static final Pattern REFUSED = Pattern.compile(
            "\\b(?:nobody|somebody|none|noes|whoever|whatever|whichever|likewise"
                    + "|what (?:is|was|are|were)|(?:is|are|was|were) told)\\b|(?:^|[.:;!?] )who\\b",
            Pattern.CASE_INSENSITIVE);

    /** The ends of a sentence: its mark, a paragraph, a block tag, a list item, a heading or a cell of a table. */
    private static final Pattern END =
            Pattern.compile("[.!?:;](?=\\s|$)|\\n\\s*\\n|(?m:^\\s*(?:@\\w+|[-*] |\\d+\\. |#+ ))|\\||<(?:p|li|ul)>");

    /** Returns the prose of the comments of a source. */
    static Prose ofSource(String source) {
        StringBuilder comments = new StringBuilder();
        Matcher found = SourceRulesTest.NO_CODE.matcher(source);
        while (found.find()) {
            String text = found.group();
            if (text.startsWith("/*")) {
                comments.append(text.replaceAll("^/\\*+|\\*/$|(?m)^\\s*\\*", ""))
                        .append("\n\n");
            } else if (text.startsWith("//")) {
                comments.append(text.substring(2)).append("\n\n");
            }
        }
        return of(comments.toString());
    }

    /** Returns the prose of a document. */
    static Prose ofDocument(String markdown) {
        return of(markdown);
    }

    private static Prose of(String text) {
        String prose = NO_PROSE.matcher(text).replaceAll(" x ");
        List<String> tooLong = new ArrayList<>();
        for (String sentence : END.split(prose)) {
            if (count(WORD, sentence) > LONGEST) {
                tooLong.add(sentence.replaceAll("\\s+", " ").strip());
            }
        }
        String flat = prose.replaceAll("\\s+", " ").strip();
        List<String> refused = new ArrayList<>();
        Matcher found = REFUSED.matcher(flat);
        while (found.find()) {
            refused.add(flat.substring(Math.max(0, found.start() - 40), Math.min(flat.length(), found.end() + 40)));
        }
        return new Prose(count(WORD, prose), refused, tooLong);
    }

    private static int count(Pattern what, String text) {
        return (int) what.matcher(text).results().count();
    }
}
