/* Lucene builds an index of the texts of records: the fields title, summary and body with the English analyzer and
 * positions, and the line of the record as a stored field.
 *
 *   java -cp JARS:bench BuildLucene RECORDS.jsonl FOLDER [THREADS [RAM_BUFFER_MB]]
 *
 * FOLDER must not exist.  Each thread reads its share of the file.  The commit at the end syncs what was written. */
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

public final class BuildLucene {
    private static final String[] NAMES = {"title", "summary", "body"};
    private static final int CHUNK_N_BYTES = 1 << 20;

    /* The lines that begin in a part of a file. */
    private static final class Lines implements AutoCloseable {
        private final RandomAccessFile file;
        private final long end;
        private byte[] bytes = new byte[CHUNK_N_BYTES];
        private long at; /* where in the file the line after this one begins */
        private int from;
        private int to;

        Lines(String path, long start, long end) throws IOException {
            file = new RandomAccessFile(path, "r");
            this.end = end;
            at = Math.max(0, start - 1);
            file.seek(at);
            if (start > 0) {
                next(); /* the rest of a line that begins before */
            }
        }

        /* The next line without its newline, as a view that lasts until the one after; null at the end. */
        BytesRef next() throws IOException {
            if (at >= end) {
                return null;
            }
            for (int i = from;; i++) {
                if (i == to && !fill()) {
                    return from == to ? null : take(to);
                }
                if (bytes[i] == '\n') {
                    return take(i);
                }
            }
        }

        private BytesRef take(int newline) {
            BytesRef line = new BytesRef(bytes, from, newline - from);
            at += newline - from + 1;
            from = Math.min(newline + 1, to);
            return line;
        }

        /* More bytes behind those that are there. */
        private boolean fill() throws IOException {
            if (to == bytes.length) {
                bytes = Arrays.copyOf(bytes, bytes.length * 2);
            }
            int n = file.read(bytes, to, bytes.length - to);
            to += Math.max(n, 0);
            return n > 0;
        }

        /* Makes room between two lines. */
        void compact() {
            if (from > CHUNK_N_BYTES / 2) {
                System.arraycopy(bytes, from, bytes, 0, to - from);
                to -= from;
                from = 0;
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /* The top level of a JSON object: the values of NAMES that are strings.  The object is well formed. */
    private static final class Parser {
        final String[] values = new String[NAMES.length];
        private byte[] json;
        private int at;
        private byte[] plain = new byte[CHUNK_N_BYTES];

        void parse(BytesRef line) throws IOException {
            Arrays.fill(values, null);
            json = line.bytes;
            at = line.offset;
            int end = line.offset + line.length;
            while (at < end && json[at] != '{') {
                at++;
            }
            at++;
            while (at < end) {
                while (at < end && json[at] != '"') {
                    at++; /* blanks, commas, the last brace */
                }
                if (at < end) {
                    parseMember(end);
                }
            }
        }

        private void parseMember(int end) throws IOException {
            String name = string();
            while (json[at] == ' ' || json[at] == ':') {
                at++;
            }
            int wanted = Arrays.asList(NAMES).indexOf(name);
            if (json[at] == '"' && wanted >= 0) {
                values[wanted] = string();
            } else {
                skip(end);
            }
        }

        /* What is left of a value. */
        private void skip(int end) {
            int depth = 0;
            for (; at < end; at++) {
                byte c = json[at];
                if (c == '"') {
                    at = endOfString(at + 1);
                } else if (depth == 0 && (c == ',' || c == '}')) {
                    return;
                } else if (c == '[' || c == '{') {
                    depth++;
                } else if (c == ']' || c == '}') {
                    depth--;
                }
            }
        }

        private int endOfString(int i) {
            while (json[i] != '"') {
                i += json[i] == '\\' ? 2 : 1;
            }
            return i;
        }

        private String string() throws IOException {
            int from = ++at;
            int i = from;
            while (json[i] != '"' && json[i] != '\\') {
                i++;
            }
            if (json[i] == '"') {
                at = i + 1;
                return new String(json, from, i - from, StandardCharsets.UTF_8);
            }
            return escaped(from);
        }

        private String escaped(int from) throws IOException {
            StringBuilder text = null;
            int n = 0;
            int i = from;
            for (; json[i] != '"'; i++) {
                if (n == plain.length) {
                    plain = Arrays.copyOf(plain, n * 2);
                }
                if (json[i] != '\\') {
                    plain[n++] = json[i];
                    continue;
                }
                i++;
                if (json[i] == 'u') {
                    text = text == null ? new StringBuilder() : text;
                    text.append(new String(plain, 0, n, StandardCharsets.UTF_8));
                    text.append((char) Integer.parseInt(new String(json, i + 1, 4, StandardCharsets.US_ASCII), 16));
                    n = 0;
                    i += 4;
                } else {
                    plain[n++] = control(json[i]);
                }
            }
            at = i + 1;
            String rest = new String(plain, 0, n, StandardCharsets.UTF_8);
            return text == null ? rest : text.append(rest).toString();
        }

        private static byte control(byte c) {
            switch (c) {
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case 'r':
                return '\r';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            default:
                return c;
            }
        }
    }

    /* Adds the records of a part of the file; how many. */
    private static long addAll(IndexWriter writer, String path, long start, long end) throws IOException {
        Parser parser = new Parser();
        Field[] fields = new Field[NAMES.length];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = new TextField(NAMES[i], "", Field.Store.NO);
        }
        StoredField record = new StoredField("record", new byte[0]);
        long n = 0;
        try (Lines lines = new Lines(path, start, end)) {
            for (BytesRef line = lines.next(); line != null; line = lines.next()) {
                if (line.length == 0) {
                    continue;
                }
                parser.parse(line);
                Document document = new Document();
                for (int i = 0; i < fields.length; i++) {
                    if (parser.values[i] != null) {
                        fields[i].setStringValue(parser.values[i]);
                        document.add(fields[i]);
                    }
                }
                record.setBytesValue(line);
                document.add(record);
                writer.addDocument(document);
                n++;
                lines.compact();
            }
        }
        return n;
    }

    private static long build(String path, Path folder, int nThreads, double bufferMegabytes) throws Exception {
        IndexWriterConfig config = new IndexWriterConfig(new EnglishAnalyzer());
        config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
        config.setRAMBufferSizeMB(bufferMegabytes);
        config.setUseCompoundFile(false);
        long nBytes = Files.size(Paths.get(path));
        ExecutorService threads = Executors.newFixedThreadPool(nThreads);
        long n = 0;
        try (FSDirectory directory = FSDirectory.open(folder); IndexWriter writer = new IndexWriter(directory, config)) {
            List<Future<Long>> parts = new ArrayList<>();
            for (int i = 0; i < nThreads; i++) {
                long start = nBytes * i / nThreads;
                long end = nBytes * (i + 1) / nThreads;
                Callable<Long> part = () -> addAll(writer, path, start, end);
                parts.add(threads.submit(part));
            }
            for (Future<Long> part : parts) {
                n += part.get();
            }
            writer.commit();
        } finally {
            threads.shutdown();
        }
        return n;
    }

    private static long sizeOf(Path folder) throws IOException {
        long n = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                n += Files.size(file);
            }
        }
        return n;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 2 || arguments.length > 4) {
            System.err.println("usage: BuildLucene RECORDS.jsonl FOLDER [THREADS [RAM_BUFFER_MB]]");
            System.exit(1);
        }
        int nThreads = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 2;
        double megabytes = arguments.length > 3 ? Double.parseDouble(arguments[3]) : 512;
        Path folder = Paths.get(arguments[1]);
        long start = System.nanoTime();
        long n = build(arguments[0], folder, nThreads, megabytes);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(Locale.ROOT,
                          "{\"name\": \"lucene\", \"seconds\": %.3f, \"bytes_read\": %d, \"records\": %d, "
                              + "\"index_bytes\": %d}%n",
                          seconds, Files.size(Paths.get(arguments[0])), n, sizeOf(folder));
    }

    private BuildLucene() {
    }
}
