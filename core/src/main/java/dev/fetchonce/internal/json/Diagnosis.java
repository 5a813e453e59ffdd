package dev.fetchonce.internal.json;

import java.lang.reflect.Type;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.introspect.ClassIntrospector;

/**
 * Says what is wrong with a body, and where, without quoting it: bodies may hold secrets, and messages reach logs.
 *
 * <p>The text of Jackson's exceptions is not used, as it quotes values, names and type ids, and that of users' exceptions
 * may. What a message is made of instead: the classes of the exceptions and of what was wanted, line and column, and
 * the path with such names in it as the types declare. Immutable.
 */
final class Diagnosis {
    private static final int DEEPEST = 16;

    /** What freezes a tree, in which no code of the application runs. */
    private static final Set<String> OURS =
            Set.of(JsonBinder.class.getName(), FrozenTree.class.getName(), FrozenFields.class.getName());

    private final DeserializationConfig config;

    Diagnosis(DeserializationConfig config) {
        this.config = config;
    }

    /** The body is not a JSON document, for the reason given. */
    static UndecodableException malformed(String reason) {
        return new UndecodableException(false, "The body is not a JSON document: " + reason, null);
    }

    /** The body is not a JSON document, as the parser found. */
    static UndecodableException malformed(JacksonException e) {
        String reason = switch (e) {
            case UnexpectedEndOfInputException end -> "it ends too early";
            // This text holds nothing but sizes, and the name of the setting that raises the limit.
            case StreamConstraintsException limit -> limit.getOriginalMessage();
            // The exception has no class of its own.
            default ->
                String.valueOf(e.getOriginalMessage()).startsWith("Duplicate")
                        ? "an object has the same name twice"
                        : "its syntax is wrong";
        };
        return malformed(reason + position(e.getLocation()));
    }

    /** The body is a JSON document, but of another shape than the type. */
    static UndecodableException misfit(Type type, String reason) {
        return misfit(type, reason, null);
    }

    private static UndecodableException misfit(Type type, String reason, @Nullable Throwable thrown) {
        return new UndecodableException(
                true, "The body is JSON, but not of " + type.getTypeName() + ": " + reason, thrown);
    }

    /** The body is a JSON document, but binding it to the type failed with that exception. */
    UndecodableException misfit(Type type, Throwable e) {
        try {
            return described(type, e);
        } catch (RuntimeException
                | Error unreadable) { // a class of the application overrides what exceptions are read by
            return misfit(type, e.getClass().getSimpleName(), e instanceof JacksonException ? unreadable : e);
        }
    }

    private UndecodableException described(Type type, Throwable e) {
        if (e instanceof StackOverflowError) {
            return misfit(type, "the stack overflowed", thrown(e));
        }
        StringBuilder reason = new StringBuilder(e.getClass().getSimpleName());
        if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            reason.append(" for ").append(mismatch.getTargetType().getTypeName());
        }
        causes(e)
                .skip(1)
                .findFirst()
                .ifPresent(cause ->
                        reason.append(" because of ").append(cause.getClass().getName()));
        if (e instanceof JacksonException jackson) {
            appendPath(reason, jackson);
            reason.append(position(jackson.getLocation()));
        }
        return misfit(type, reason.toString(), thrown(e));
    }

    /** Returns what code of the type threw, which Jackson hands on as it is, or as the cause of an exception of its own; or null. */
    private static @Nullable Throwable thrown(Throwable e) {
        return causes(e).filter(Diagnosis::ofApplication).findFirst().orElse(null);
    }

    /** Whether the binding ended because its thread was interrupted. */
    static boolean interrupted(Throwable e) {
        return causes(e).anyMatch(InterruptedException.class::isInstance);
    }

    private static Stream<Throwable> causes(Throwable e) {
        return Stream.iterate(e, Objects::nonNull, Diagnosis::cause).limit(DEEPEST);
    }

    /** Returns the cause of an exception, or null where there is none, or where a class of the application refuses to tell it. */
    private static @Nullable Throwable cause(Throwable e) {
        try {
            return e.getCause();
        } catch (RuntimeException | Error refused) {
            return null;
        }
    }

    /**
     * Whether code of the application threw it, by the first frame that is neither of the JDK nor a helper of Jackson's that makes
     * exceptions. What Jackson finds wrong by itself quotes the body, even where the JDK threw it.
     */
    private static boolean ofApplication(Throwable e) {
        for (StackTraceElement frame : stack(e)) {
            String name = frame.getClassName();
            boolean helper = name.startsWith("java.")
                    || name.startsWith("jdk.")
                    || name.startsWith(MismatchedInputException.class.getPackageName())
                    || name.equals(DatabindException.class.getName())
                    || name.equals(DeserializationContext.class.getName());
            if (!helper) {
                return !name.startsWith("tools.jackson.") && !OURS.contains(name);
            }
        }
        return !(e instanceof JacksonException); // it has no stack
    }

    /** Returns the frames of an exception; none where a class of the application does not tell them. */
    private static StackTraceElement[] stack(Throwable e) {
        StackTraceElement[] none = {};
        try {
            return Objects.requireNonNullElse(e.getStackTrace(), none);
        } catch (RuntimeException | Error refused) {
            return none;
        }
    }

    private void appendPath(StringBuilder reason, JacksonException e) {
        String separator = " at ";
        for (JacksonException.Reference step : e.getPath()) {
            String name = step.getPropertyName();
            if (name == null) {
                reason.append(separator.equals(".") ? "" : separator)
                        .append('[')
                        .append(step.getIndex())
                        .append(']');
            } else {
                reason.append(separator).append(declares(step.from(), name) ? name : "*");
            }
            separator = ".";
        }
    }

    /** Whether a name is the type's own: then it says nothing of the body. The keys of maps and any-setters are not. */
    private boolean declares(Object from, String name) {
        try {
            Class<?> owner = from instanceof Class<?> c ? c : from.getClass();
            JavaType type = config.constructType(owner);
            ClassIntrospector introspector = config.classIntrospectorInstance().forOperation(config);
            return introspector
                    .introspectForDeserialization(type, introspector.introspectClassAnnotations(type))
                    .findProperties()
                    .stream()
                    .anyMatch(property -> property.getName().equals(name));
        } catch (RuntimeException e) {
            // A type that cannot be looked into; the message does without the name.
            return false;
        }
    }

    private static String position(TokenStreamLocation at) {
        return at == null || at.getLineNr() < 0 ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
    }
}
