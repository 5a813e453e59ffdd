package consumer.model;

/**
 * The document as a record.
 *
 * @param name a name
 * @param on whether it is on
 */
public record Flags(String name, boolean on) {}
