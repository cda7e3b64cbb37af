#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// Structured logs: one line for each event on standard output, as text for people or as JSON for programs.
///
///     log::info("call.answered", {{"call", id}, {"codec", "G722"}});
///     2026-11-21T09:00:00.123Z info  call.answered call=7 codec=G722
///
/// The log does not accept secrets: a Secret is not a Value. Pass numbers and addresses of people through redacted(). The log escapes control
/// characters, so that text from a peer cannot forge a line. Call it from any thread except a media worker.
namespace offhook::inline v0::agent::log {

enum class Level : std::uint8_t { Debug, Info, Warning, Error, Off };
enum class Format : std::uint8_t { Text, Json };

struct Options {
  Level level = Level::Info;
  Format format = Format::Text;
  bool to_stderr = false;  ///< writes to standard error; set it when standard output carries the result of a command
  bool colours = false;    ///< colours the level in lines of Format::Text; set it only if the terminal supports colours
};
void configure(const Options& options);
[[nodiscard]] std::optional<Level> parse_level(std::string_view text);

using Value = std::variant<std::string, std::int64_t, double, bool>;
struct Field {
  std::string_view key;
  Value value;
  Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  Field(std::string_view k, std::string_view v) : key(k), value(std::string(v)) {}
  Field(std::string_view k, const char* v) : key(k), value(std::string(v)) {}
  Field(std::string_view k, bool v) : key(k), value(v) {}
  Field(std::string_view k, double v) : key(k), value(v) {}
  template <class Integer>
    requires std::is_integral_v<Integer>
  Field(std::string_view k, Integer v) : key(k), value(static_cast<std::int64_t>(v)) {}
};
using Fields = std::initializer_list<Field>;

void write(Level level, std::string_view event, Fields fields);
inline void debug(std::string_view event, Fields fields = {}) { write(Level::Debug, event, fields); }
inline void info(std::string_view event, Fields fields = {}) { write(Level::Info, event, fields); }
inline void warning(std::string_view event, Fields fields = {}) { write(Level::Warning, event, fields); }
inline void error(std::string_view event, Fields fields = {}) { write(Level::Error, event, fields); }

/// Returns the line that write() would print, without its time stamp; for tests.
[[nodiscard]] std::string format_line(Format format, Level level, std::string_view event, Fields fields, bool colours = false);

/// Returns a person's address for a log: each character of the user part except the last three becomes '*'. "sip:+4930123456@x" -> "sip:*********456@x"
[[nodiscard]] std::string redacted(std::string_view uri);

}  // namespace offhook::inline v0::agent::log
