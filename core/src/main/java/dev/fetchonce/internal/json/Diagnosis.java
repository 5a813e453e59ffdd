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
 * The description of the fault of a body and of its place, without a quotation: bodies may hold secrets, and messages
 * reach logs.
 *
 * <p>A message does not use the text of Jackson's exceptions, which quotes values, names and type ids. The text of the
 * application's exceptions may quote them too. A message uses the classes of the exceptions, the type that the caller
 * asked for, line and column. It also uses the path, with the names that the types declare. Immutable.
 */
final class Diagnosis {
    private static final int DEEPEST = 16;

    /** The names of our classes that freeze a tree; no code of the application runs in them. */
    private static final Set<String> OURS =
            Set.of(JsonBinder.class.getName(), FrozenTree.class.getName(), FrozenFields.class.getName());

    private final DeserializationConfig config;

    Diagnosis(DeserializationConfig config) {
        this.config = config;
    }

    /** Returns the exception for a body that is not a JSON document, with this reason. */
    static UndecodableException malformed(String reason) {
        return new UndecodableException(false, "The body is not a JSON document: " + reason, null);
    }

    /** Returns the exception for a body that the parser found not to be a JSON document. */
    static UndecodableException malformed(JacksonException e) {
        String reason = switch (e) {
            case UnexpectedEndOfInputException end -> "it ends too early";
            // This text holds only sizes, and the name of the setting that raises the limit.
            case StreamConstraintsException limit -> limit.getOriginalMessage();
            // A duplicate name has no exception class of its own.
            default ->
                String.valueOf(e.getOriginalMessage()).startsWith("Duplicate")
                        ? "an object has the same name twice"
                        : "its syntax is wrong";
        };
        return malformed(reason + position(e.getLocation()));
    }

    /** Returns the exception for a JSON document that has another shape than the type. */
    static UndecodableException misfit(Type type, String reason) {
        return misfit(type, reason, null);
    }

    private static UndecodableException misfit(Type type, String reason, @Nullable Throwable thrown) {
        return new UndecodableException(
                true, "The body is JSON, but not of " + type.getTypeName() + ": " + reason, thrown);
    }

    /** Returns the exception for a JSON document whose binding to the type failed with this throwable. */
    UndecodableException misfit(Type type, Throwable e) {
        try {
            return described(type, e);
        } catch (RuntimeException
                | Error unreadable) { // a class of the application overrides a method of exceptions, and it throws
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

    /**
     * Returns the throwable of the type's own code, or null. Jackson passes it on as it is, or as the cause of an
     * exception of Jackson.
     */
    private static @Nullable Throwable thrown(Throwable e) {
        return causes(e).filter(Diagnosis::ofApplication).findFirst().orElse(null);
    }

    /** Returns whether the binding ended because its thread was interrupted. */
    static boolean interrupted(Throwable e) {
        return causes(e).anyMatch(InterruptedException.class::isInstance);
    }

    private static Stream<Throwable> causes(Throwable e) {
        return Stream.iterate(e, Objects::nonNull, Diagnosis::cause).limit(DEEPEST);
    }

    /**
     * Returns the cause of an exception, or null where it has no cause, or where a class of the application throws
     * instead.
     */
    private static @Nullable Throwable cause(Throwable e) {
        try {
            return e.getCause();
        } catch (RuntimeException | Error refused) {
            return null;
        }
    }

    /**
     * Returns whether code of the application threw this. The first frame that belongs neither to the JDK nor to
     * Jackson's helpers that make exceptions decides. A fault that Jackson itself finds quotes the body, even where the
     * JDK threw it.
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
        return !(e instanceof JacksonException); // the throwable has no stack trace
    }

    /** Returns the frames of an exception; an empty array where a class of the application throws instead. */
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

    /**
     * Returns whether the type declares this name, which then reveals nothing of the body. The keys of maps and
     * any-setters are not declared.
     */
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
            // The introspection of the type failed; the message leaves the name out.
            return false;
        }
    }

    private static String position(TokenStreamLocation at) {
        return at == null || at.getLineNr() < 0 ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
    }
}
