#pragma once

#include <offhook/agent/tools/mcp/child_process.hpp>
#include <offhook/agent/tools/mcp/line_reader.hpp>
#include <offhook/agent/tools/mcp/rpc_message.hpp>
#include <offhook/agent/tools/mcp/wire.hpp>

#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

inline constexpr std::size_t kMaxToldLines = 20;   ///< of what a process writes to its standard error, from its start on
inline constexpr std::size_t kMaxToldBytes = 200;  ///< of one such line

/// stdio (MCP 2025-11-25 basic/transports): a process of our own, a message a line. What it writes to its standard error is read
/// away; its first lines are told, for whoever looks why it does not start, without the secrets of its environment. (Those in its
/// command line are not looked for: every user of the machine sees them anyway.)
class StdioWire final : public Wire {
 public:
  [[nodiscard]] static base::Result<std::unique_ptr<StdioWire>, base::Error> start(boost::asio::io_context& io, const CommandLine& command,
                                                                                   WireHandler handler);

  void send(Outgoing message) override { child_->write(std::move(message.body) + '\n'); }
  void settled(std::uint64_t) override {}
  void stop(std::uint64_t) override {}
  void on_opened(std::string_view, bool) override {}
  void on_time(base::TimePoint) override {}
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const override { return std::nullopt; }
  void shut_down(std::function<void()> done) override { child_->shut_down(std::move(done)); }

 private:
  StdioWire(const CommandLine& command, WireHandler handler);
  void on_output(std::string_view bytes);
  void on_error_output(std::string_view bytes);

  WireHandler handler_;
  std::vector<std::string> veiled_;  // what must not be told
  LineReader output_{kMaxMessageBytes}, errors_{4096};
  std::size_t told_ = 0, passed_over_ = 0;
  std::unique_ptr<ChildProcess> child_;
};

/// What to look for where secrets must not be seen: each line of each of them, as it is printed and as JSON and URLs have it, of four octets
/// or more; the longest first, so that none hides a part of another.
[[nodiscard]] std::vector<std::string> needles_of(const std::vector<config::Secret>& secrets);
/// `line` with "***" for each of `needles`, printable, and cut.
[[nodiscard]] std::string without_secrets(std::string line, const std::vector<std::string>& needles);

}  // namespace offhook::inline v0::agent::tools::mcp
