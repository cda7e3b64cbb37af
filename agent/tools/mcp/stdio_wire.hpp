#pragma once

#include <offhook/agent/tools/mcp/child_process.hpp>
#include <offhook/agent/tools/mcp/line_reader.hpp>
#include <offhook/agent/tools/mcp/rpc_message.hpp>
#include <offhook/agent/tools/mcp/wire.hpp>

#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

inline constexpr std::size_t kMaxToldLines = 20;   ///< most lines of a process's standard error that are reported
inline constexpr std::size_t kMaxToldBytes = 200;  ///< octets of one such line

/// The transport stdio (MCP 2025-11-25 basic/transports): a child process, with one message in each line. The wire also reads the standard error of the
/// process, and reports its first lines, so that the operator can find the reason of a failed start. It removes the secrets of the environment from
/// these lines, but not secrets of the command line, which every user of the machine can read anyway.
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
  std::vector<std::string> veiled_;  // texts that must not be reported, as needles_of() returns them
  LineReader output_{kMaxMessageBytes}, errors_{4096};
  std::size_t told_ = 0, passed_over_ = 0;
  std::unique_ptr<ChildProcess> child_;
};

/// Returns the texts that must not be reported: each line of each secret with at least four octets, as it is, and in JSON and URL encoding. The
/// longest texts come first, so that no shorter text replaces a part of a longer one.
[[nodiscard]] std::vector<std::string> needles_of(const std::vector<Secret>& secrets);
/// Returns `line` with "***" in place of each of `needles`, printable, and cut.
[[nodiscard]] std::string without_secrets(std::string line, const std::vector<std::string>& needles);

}  // namespace offhook::inline v0::agent::tools::mcp
