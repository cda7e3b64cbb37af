#include <offhook/agent/tools/mcp/stdio_wire.hpp>

#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/support/url_text.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools::mcp {

namespace {
constexpr std::size_t kShortestSecret = 4;  // A shorter secret is not removed: it can occur within ordinary words.
}

std::vector<std::string> needles_of(const std::vector<Secret>& secrets) {
  std::vector<std::string> needles;
  for (const Secret& secret : secrets) {
    base::TextCursor rest(secret.reveal());
    while (!rest.at_end()) {
      const std::string_view line = base::trim(rest.take_until('\n'));
      if (line.size() < kShortestSecret) continue;
      needles.push_back(printable(line, line.size()));
      needles.push_back(percent_encoded(line));
      std::string quoted;
      append_json_string(quoted, line);
      needles.push_back(quoted.substr(1, quoted.size() - 2));
    }
  }
  std::sort(needles.begin(), needles.end());
  needles.erase(std::unique(needles.begin(), needles.end()), needles.end());
  std::stable_sort(needles.begin(), needles.end(), [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  return needles;
}

std::string without_secrets(std::string line, const std::vector<std::string>& needles) {
  line = printable(line, line.size());
  for (const std::string& text : needles) {
    for (auto at = line.find(text); at != std::string::npos; at = line.find(text, at)) line.replace(at, text.size(), "***");
  }
  return printable(line, kMaxToldBytes);
}

StdioWire::StdioWire(const CommandLine& command, WireHandler handler) : handler_(std::move(handler)) {
  std::vector<Secret> secrets;
  for (const auto& [name, value] : command.environment) secrets.push_back(value);
  veiled_ = needles_of(secrets);
}

base::Result<std::unique_ptr<StdioWire>, base::Error> StdioWire::start(boost::asio::io_context& io, const CommandLine& command,
                                                                       WireHandler handler) {
  std::unique_ptr<StdioWire> wire(new StdioWire(command, std::move(handler)));
  StdioWire* const self = wire.get();
  ChildHandler child;  // The wire owns the process, which calls no handler after its destruction.
  child.on_output = [self](std::string_view bytes) { self->on_output(bytes); };
  child.on_error_output = [self](std::string_view bytes) { self->on_error_output(bytes); };
  child.on_end = [self](std::string why) { self->handler_.on_closed("its process has ended: " + std::move(why)); };
  auto started = ChildProcess::start(io, command, std::move(child));
  if (!started) return base::fail(started.error());
  wire->child_ = std::move(*started);
  return wire;
}

void StdioWire::on_output(std::string_view bytes) {
  std::vector<std::string> lines;
  output_.feed(bytes, lines);
  if (output_.passed_over() != passed_over_ && handler_.on_note) handler_.on_note("a line of its output is too long: Offhook ignores it");
  passed_over_ = output_.passed_over();
  for (const std::string& line : lines) {
    if (line.find_first_not_of(" \t") != std::string::npos) handler_.on_text(line);
  }
}

void StdioWire::on_error_output(std::string_view bytes) {
  std::vector<std::string> lines;
  errors_.feed(bytes, lines);
  for (std::string& line : lines) {
    if (told_ >= kMaxToldLines || !handler_.on_note) return;
    ++told_;
    handler_.on_note("its standard error: " + without_secrets(std::move(line), veiled_));
  }
}

}  // namespace offhook::inline v0::agent::tools::mcp
