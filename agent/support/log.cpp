#include <offhook/agent/support/log.hpp>

#include <offhook/agent/support/colour.hpp>
#include <offhook/agent/support/utf8.hpp>
#include <offhook/agent/support/wall_time.hpp>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>

namespace offhook::inline v0::agent::log {

namespace {

constexpr std::size_t kMaxValueBytes = 512;

std::atomic<Level> threshold{Level::Info};
std::atomic<Format> line_format{Format::Text};
std::atomic<bool> shows_colours{false};

std::string_view name_of(Level level) {
  switch (level) {
    case Level::Debug: return "debug";
    case Level::Info: return "info";
    case Level::Warning: return "warning";
    case Level::Error: return "error";
    case Level::Off: return "off";
  }
  return "";
}

/// Returns the word for a level, padded to the length of the longest one, "warning".
std::string level_word(Level level, bool colours) {
  const std::string word = fmt::format("{:<7}", name_of(level));
  if (level == Level::Warning) return painted(word, Colour::Warning, colours);
  return level == Level::Error ? painted(word, Colour::Error, colours) : word;
}

std::shared_ptr<spdlog::logger>& sink() {
  static std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>("offhook", std::make_shared<spdlog::sinks::stdout_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return logger;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (text = text.substr(0, kMaxValueBytes); !text.empty();) {
    const Utf8Char c = first_utf8(text);
    const std::size_t length = c.is_good() ? c.length : 1;
    if (!c.is_good()) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(text.front()));  // JSON cannot contain invalid UTF-8.
    } else if (c.code < 0x20 || (c.code >= 0x7f && c.code < 0xa0)) {
      out += fmt::format("\\u{:04x}", c.code);  // A C1 control character controls a terminal as ESC does (ECMA-48 section 5.3).
    } else {
      if (text.front() == '"' || text.front() == '\\') out += '\\';
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out + '"';
}

bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= kMaxValueBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\'; });
}

std::string to_text(const Value& value, Format format) {
  if (const auto* text = std::get_if<std::string>(&value)) return format == Format::Text && is_plain(*text) ? *text : in_quotes(*text);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{:.3f}", *real);
  return std::get<bool>(value) ? "true" : "false";
}

}  // namespace

void configure(const Options& options) {
  threshold = options.level;
  line_format = options.format;
  shows_colours = options.colours;
  if (options.to_stderr) {
    sink() = std::make_shared<spdlog::logger>("offhook", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    sink()->set_pattern("%v");
  }
}

std::optional<Level> parse_level(std::string_view text) {
  for (const Level level : {Level::Debug, Level::Info, Level::Warning, Level::Error, Level::Off}) {
    if (text == name_of(level)) return level;
  }
  return std::nullopt;
}

std::string format_line(Format format, Level level, std::string_view event, Fields fields, bool colours) {
  std::string line;
  if (format == Format::Json) {
    line = fmt::format("\"level\":\"{}\",\"event\":{}", name_of(level), in_quotes(event));
    for (const Field& field : fields) line += fmt::format(",{}:{}", in_quotes(field.key), to_text(field.value, format));
    return line;
  }
  line = fmt::format("{} {}", level_word(level, colours), event);
  for (const Field& field : fields) line += fmt::format(" {}={}", field.key, to_text(field.value, format));
  return line;
}

void write(Level level, std::string_view event, Fields fields) {
  if (level < threshold.load(std::memory_order_relaxed)) return;
  const Format format = line_format.load(std::memory_order_relaxed);
  const std::string stamp = to_rfc3339(std::chrono::system_clock::now());
  const std::string line = format_line(format, level, event, fields, shows_colours.load(std::memory_order_relaxed));
  sink()->info(format == Format::Json ? fmt::format("{{\"time\":\"{}\",{}}}", stamp, line) : stamp + ' ' + line);
}

std::string redacted(std::string_view uri) {
  constexpr std::size_t kShown = 3;
  const auto scheme = uri.find(':');
  const bool names_host = uri.starts_with("sip:") || uri.starts_with("sips:");
  const std::size_t begin = names_host || uri.starts_with("tel:") ? scheme + 1 : 0;
  const auto at = uri.rfind('@');  // The last '@' counts, because the text before it can be part of a password.
  const bool has_user = at != std::string_view::npos && at >= begin;
  const std::size_t end = has_user ? at : names_host ? begin : uri.size();
  std::string out(uri.substr(0, begin));
  std::string_view user = uri.substr(begin, end - begin);
  const auto colon = user.find(':');  // RFC 3261 section 25.1: userinfo = user [ ":" password ] "@"
  user = user.substr(0, colon);
  if (user.size() > kShown) out.append(user.size() - kShown, '*').append(user.substr(user.size() - kShown));
  else out.append(user);
  if (colon != std::string_view::npos) out += ":***";
  return out.append(uri.substr(end));
}

}  // namespace offhook::inline v0::agent::log
