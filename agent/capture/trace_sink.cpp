#include <offhook/agent/capture/trace_sink.hpp>

#include <offhook/agent/support/colour.hpp>
#include <offhook/agent/support/utf8.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::capture {

namespace {

constexpr base::Duration kPatience = std::chrono::seconds(1);

/// Opens a terminal a second time, for writes that do not wait: poll(2) promises space for one octet only. O_NONBLOCK on `descriptor` itself would also
/// change the terminal for other programs. Returns -1 if `descriptor` is not a terminal.
int reopened(int descriptor) {
  if (::isatty(descriptor) != 1) return -1;
  return ::open(fmt::format("/proc/self/fd/{}", descriptor).c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

}  // namespace

std::string trace_text(const Packet& packet, bool colours) {
  const bool is_sent = packet.direction == Direction::Sent;
  const std::string head = fmt::format("{} {} {} {} {} {}", to_rfc3339(packet.at), is_sent ? "-->" : "<--", sip::to_string(packet.transport),
                                       packet.remote.to_string(), is_sent ? "from" : "to", packet.local.to_string());
  std::string text = painted(head, is_sent ? Colour::Agent : Colour::Caller, colours) + "\n";
  for (std::string_view rest = packet.octets; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    text += line.empty() ? "\n" : "    " + visible_utf8(line) + "\n";
  }
  if (!text.ends_with("\n\n")) text += '\n';
  return text;
}

TraceSink::TraceSink(int descriptor, bool colours)
    : terminal_(reopened(descriptor)), descriptor_(terminal_.is_open() ? terminal_.get() : descriptor), colours_(colours) {}

void TraceSink::take(const Packet& packet, base::TimePoint) {
  std::string text = trace_text(packet, colours_);
  if (lost_ > 0) text = fmt::format("\n({} messages are not shown, because the reader of the output is too slow)\n\n", lost_) + text;
  if (print(text)) lost_ = 0;
  else ++lost_;
}

bool TraceSink::print(std::string_view text) const {
  const base::TimePoint end = base::Clock::now() + (lost_ > 0 ? base::Duration::zero() : kPatience);
  while (!text.empty()) {
    pollfd ready{descriptor_, POLLOUT, 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - base::Clock::now());
    if (::poll(&ready, 1, std::max(0, static_cast<int>(left.count()))) != 1) return false;
    // A pipe that is ready takes PIPE_BUF octets without a wait.
    const ssize_t written = ::write(descriptor_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written < 0 && errno != EINTR) return false;
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return true;
}

}  // namespace offhook::inline v0::agent::capture
