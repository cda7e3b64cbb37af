#include "target.hpp"

#include <offhook/base/heap_trimmer.hpp>
#include <offhook/base/random.hpp>
#include <offhook/sip/transport/sip_edge.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <atomic>
#include <chrono>
#include <fstream>
#include <new>
#include <string>
#include <utility>

#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace offhook::flood {

struct Told {
  std::atomic<std::size_t> held_kb{0}, times{0};
};

namespace {

/// Records the held memory every half a second, and trims the heap as `offhook run` does.
void watch(sip::SipEdge& edge, Told& told, base::HeapTrimmer& heap) {
  heap.tidy(base::Clock::now());
  const auto info = ::mallinfo2();
  told.held_kb = (info.uordblks + info.hblkhd) / 1024;
  ++told.times;
  edge.post_after(std::chrono::milliseconds(500), [&] { watch(edge, told, heap); });
}

[[noreturn]] void serve(int port_pipe, Told& told) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  base::SystemRandom random;
  sip::StackOptions options;
  options.admission.peers = {{*base::IpAddress::parse("127.0.0.1"), 32}};
  options.callers.who = {{"ada", random.token()}};
  sip::Stack stack(std::move(options), random);
  sip::EdgeOptions where;
  where.bind = *base::IpAddress::parse("127.0.0.1");
  auto edge = sip::SipEdge::open(where, stack);
  const std::uint16_t port = edge ? (*edge)->port() : 0;
  if (::write(port_pipe, &port, sizeof port) != sizeof port || port == 0) ::_exit(1);
  ::close(port_pipe);
  (*edge)->on_event([&](const sip::Event& event) {
    if (const auto* call = std::get_if<sip::IncomingCall>(&event))
      (void)stack.calls().answer(call->session, {"application/sdp", "v=0\r\n"}, base::Clock::now());
  });
  base::HeapTrimmer heap;
  watch(**edge, told, heap);
  (*edge)->run();
  ::_exit(0);
}

}  // namespace

Target::Target() {
  int ends[2] = {-1, -1};
  void* shared = ::mmap(nullptr, sizeof *told_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED || ::pipe(ends) != 0) return;
  told_ = new (shared) Told;
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(ends[0]);
    serve(ends[1], *told_);
  }
  ::close(ends[1]);
  if (::read(ends[0], &port_, sizeof port_) != sizeof port_) port_ = 0;
  ::close(ends[0]);
}

Target::~Target() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::size_t Target::held_kb() const { return told_->held_kb; }

bool Target::tells_anew() const {
  return offhook_test::wait_until([this, next = told_->times + 2] { return told_->times >= next; });
}

bool Target::is_alive() const { return pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == 0; }

std::size_t Target::resident_kb() const {
  std::ifstream statm("/proc/" + std::to_string(pid_) + "/statm");
  std::size_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

double Target::cpu_seconds() const {
  std::ifstream stat("/proc/" + std::to_string(pid_) + "/stat");
  std::string word;
  double ticks = 0;
  for (int field = 1; field <= 15 && stat >> word; ++field) {
    if (field >= 14) ticks += std::stod(word);  // utime and stime
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace offhook::flood
