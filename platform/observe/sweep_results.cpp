#include "platform/observe/sweep_results.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <fstream>
#include <memory>
#include <set>
#include <stdexcept>

namespace exysim::observe {

namespace {

std::string csv_cell(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

std::string setting(const SweepRow& row, const std::string& path) {
    std::string found;
    for (const auto& [name, value] : row.settings) {
        if (name == path) found = value;  // the last one counts, as on a command line
    }
    return found;
}

class Database {
public:
    explicit Database(const std::filesystem::path& file) {
        sqlite3* opened = nullptr;
        const int status = sqlite3_open(file.c_str(), &opened);
        database_.reset(opened);
        if (status != SQLITE_OK) fail();
    }
    void execute(const char* sql) {
        if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
    }
    /// Texts are bound in order; a number goes last.
    void insert(const char* sql, const std::vector<std::string>& texts, const double* number = nullptr) {
        sqlite3_stmt* made = nullptr;
        if (sqlite3_prepare_v2(database_.get(), sql, -1, &made, nullptr) != SQLITE_OK) fail();
        const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement{made, sqlite3_finalize};
        int place = 0;
        for (const std::string& text : texts)
            sqlite3_bind_text(made, ++place, text.c_str(), -1, SQLITE_TRANSIENT);
        if (number) sqlite3_bind_double(made, ++place, *number);
        if (sqlite3_step(made) != SQLITE_DONE) fail();
    }

private:
    [[noreturn]] void fail() {
        throw std::runtime_error{fmt::format("sqlite: {}", sqlite3_errmsg(database_.get()))};
    }
    struct Close {
        void operator()(sqlite3* d) const { sqlite3_close(d); }
    };
    std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace

void write_csv(const std::filesystem::path& file, const std::vector<SweepRow>& rows) {
    std::set<std::string> paths, names;
    for (const SweepRow& row : rows) {
        for (const auto& [path, value] : row.settings) paths.insert(path);
        for (const auto& [name, value] : row.result.statistics) names.insert(name);
    }
    std::ofstream out{file};
    out << "id,status";
    for (const std::string& path : paths) out << "," << csv_cell(path);
    for (const std::string& name : names) out << "," << csv_cell(name);
    out << "\n";
    for (const SweepRow& row : rows) {
        out << row.id << "," << csv_cell(row.status);
        for (const std::string& path : paths) out << "," << csv_cell(setting(row, path));
        for (const std::string& name : names) {
            const auto found = row.result.statistics.find(name);
            out << ","
                << (found == row.result.statistics.end() ? "" : fmt::format("{}", found->second.value));
        }
        out << "\n";
    }
}

void write_sqlite(const std::filesystem::path& file, const std::vector<SweepRow>& rows) {
    std::filesystem::remove(file);
    Database database{file};
    database.execute(
        "BEGIN; CREATE TABLE runs(id TEXT PRIMARY KEY, status TEXT);"
        "CREATE TABLE settings(id TEXT, path TEXT, value TEXT);"
        "CREATE TABLE stats(id TEXT, name TEXT, unit TEXT, value REAL);");
    for (const SweepRow& row : rows) {
        database.insert("INSERT INTO runs VALUES(?, ?)", {row.id, row.status});
        for (const auto& [path, value] : row.settings)
            database.insert("INSERT INTO settings VALUES(?, ?, ?)", {row.id, path, value});
        for (const auto& [name, value] : row.result.statistics)
            database.insert("INSERT INTO stats VALUES(?, ?, ?, ?)", {row.id, name, value.unit}, &value.value);
    }
    database.execute("COMMIT;");
}

}  // namespace exysim::observe
