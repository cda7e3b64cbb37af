#include <offhook/bench/legs/leg_plan.hpp>

#include <offhook/bench/legs/notes.hpp>
#include <offhook/bench/legs/voice.hpp>
#include <offhook/media/engine/socket_names.hpp>
#include <offhook/media/engine/tick_histogram.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/srtp/srtp_sender.hpp>

#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>

namespace offhook::bench {

namespace {

constexpr std::size_t kGroups = 20;          // one group for each millisecond, so that each socket sends once per tick
constexpr std::size_t kOctets = 160, kHeader = 12;
constexpr std::size_t kBatch = 64;
constexpr std::uint32_t kSettled = 1500;     // start-up time in ms, which is not measured
constexpr std::uint32_t kLongest = 120'000;  // ms after the measured time: the load stops then, even if the host failed and cannot stop it

volatile std::sig_atomic_t g_stop = 0;

/// The first octets of a packet that is to be relayed. They contain the sending time by the wall clock, because the kernel stamps arrivals
/// with this clock.
struct Stamp {
  static constexpr std::size_t kOctets = 12;
  static constexpr std::array<std::uint8_t, 4> kMagic = {'s', 'e', 'n', 't'};

  static void write(std::uint8_t* at) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const std::int64_t nanoseconds = now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
    std::memcpy(at, kMagic.data(), kMagic.size());
    std::memcpy(at + kMagic.size(), &nanoseconds, sizeof nanoseconds);
  }
  /// Returns the sending time, or nullopt if the packet has no stamp.
  static std::optional<base::Duration> read(const std::uint8_t* at) {
    if (!std::equal(kMagic.begin(), kMagic.end(), at)) return std::nullopt;
    std::int64_t nanoseconds = 0;
    std::memcpy(&nanoseconds, at + kMagic.size(), sizeof nanoseconds);
    return std::chrono::nanoseconds(nanoseconds);
  }
};

/// Collects the delays of relayed packets, measured from sending to arrival.
struct Passed {
  media::TickHistogram delay;
  bool counts = false;   // true after the start-up time; before that, delays are not collected
};

/// Every twentieth leg, on one socket. It sends the packets of these legs for one tick in one system call, and reads the packets that they receive.
class Group {
 public:
  /// `passed` collects the delays of relayed packets. It is null if the legs do not relay. `srtp` is the suite that encrypts the packets, if any.
  Group(std::uint8_t payload_type, Passed* passed, std::optional<rtp::SrtpSuite> srtp)
      : payload_type_(payload_type), passed_(passed), srtp_(srtp), socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    const int yes = 1;
    if (passed_ != nullptr) ::setsockopt(socket_, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
    const int room = 8 << 20;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("cannot open a socket for the load");
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    for (std::size_t i = 0; i < kBatch; ++i) {
      dropped_parts_[i] = {came_[i].octets.data(), came_[i].octets.size()};
      dropped_headers_[i].msg_hdr.msg_iov = &dropped_parts_[i];
      dropped_headers_[i].msg_hdr.msg_iovlen = 1;
    }
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

  void add(std::uint16_t port, std::uint32_t ssrc, std::size_t frame) {
    Caller caller;
    caller.to.sin_family = AF_INET;
    caller.to.sin_port = htons(port);
    caller.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    caller.header = {0x80, payload_type_, 0, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(ssrc >> 24), static_cast<std::uint8_t>(ssrc >> 16), static_cast<std::uint8_t>(ssrc >> 8), static_cast<std::uint8_t>(ssrc)};
    caller.frame = frame;
    if (srtp_) caller.sender = std::make_unique<rtp::SrtpSender>(*rtp::SrtpSender::make(srtp_key(*srtp_)));
    callers_.push_back(std::move(caller));
  }
  void ready() {
    parts_.resize(kParts * callers_.size());
    headers_.resize(callers_.size());
    for (std::size_t i = 0; i < callers_.size(); ++i) {
      parts_[kParts * i] = {callers_[i].header.data(), kHeader};
      parts_[kParts * i + 1] = {stamp_.data(), passed_ != nullptr ? stamp_.size() : 0};
      auto& header = headers_[i].msg_hdr;
      header.msg_name = &callers_[i].to;
      header.msg_namelen = sizeof callers_[i].to;
      header.msg_iov = &parts_[kParts * i];
      header.msg_iovlen = kParts;
    }
  }

  void send(std::uint32_t turn, const std::vector<std::uint8_t>& voice) {
    const std::size_t frames = voice.size() / kOctets;
    for (std::size_t i = 0; i < callers_.size(); ++i) {
      auto& header = callers_[i].header;
      header[2] = static_cast<std::uint8_t>(turn >> 8);
      header[3] = static_cast<std::uint8_t>(turn);
      for (std::size_t octet = 0; octet < 4; ++octet) header[4 + octet] = static_cast<std::uint8_t>(turn * kOctets >> (24 - 8 * octet));
      const std::size_t stamped = parts_[kParts * i + 1].iov_len;
      const std::uint8_t* const frame = voice.data() + (callers_[i].frame + turn) % frames * kOctets;
      parts_[kParts * i + 2] = {const_cast<std::uint8_t*>(frame) + stamped, kOctets - stamped};  // sendmmsg does not write.
      if (callers_[i].sender) encrypt(i, frame);
    }
    for (std::size_t at = 0; at < headers_.size();) {
      Stamp::write(stamp_.data());
      const int taken = ::sendmmsg(socket_, headers_.data() + at, static_cast<unsigned>(std::min(kBatch, headers_.size() - at)), 0);
      if (taken <= 0) return;
      at += static_cast<std::size_t>(taken);
      sent_ += static_cast<std::uint64_t>(taken);
    }
  }
  void receive() {
    for (int got = kBatch; got == kBatch;) {
      for (std::size_t i = 0; passed_ != nullptr && i < kBatch; ++i) {
        dropped_headers_[i].msg_hdr.msg_control = came_[i].control.data();
        dropped_headers_[i].msg_hdr.msg_controllen = came_[i].control.size();
      }
      got = ::recvmmsg(socket_, dropped_headers_.data(), kBatch, MSG_DONTWAIT, nullptr);
      if (got > 0) received_ += static_cast<std::uint64_t>(got);
      for (int i = 0; passed_ != nullptr && i < got; ++i) note_passed(static_cast<std::size_t>(i));
    }
  }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] std::uint64_t received() const { return received_; }

 private:
  static constexpr std::size_t kParts = 3;   // the parts of a packet: header, stamp, voice
  /// Encrypts the packet of caller `i`, whose audio is `frame`. The header stays in its own part. The last part then refers to the encrypted octets.
  void encrypt(std::size_t i, const std::uint8_t* frame) {
    Caller& caller = callers_[i];
    std::copy_n(caller.header.begin(), kHeader, caller.room.begin());
    std::copy_n(frame, kOctets, caller.room.begin() + kHeader);
    const auto size = caller.sender->protect_rtp(caller.room, kHeader + kOctets);
    if (!size) throw std::runtime_error("the load cannot encrypt a packet");
    parts_[kParts * i + 2] = {caller.room.data() + kHeader, *size - kHeader};
  }
  struct alignas(cmsghdr) Came {
    std::array<std::uint8_t, CMSG_SPACE(sizeof(timespec))> control;
    std::array<std::uint8_t, kHeader + Stamp::kOctets> octets{};   // The kernel truncates the rest.
  };
  void note_passed(std::size_t index) {
    const auto sent = Stamp::read(came_[index].octets.data() + kHeader);
    const auto noted = media::noted_arrival(CMSG_FIRSTHDR(&dropped_headers_[index].msg_hdr));
    if (sent && noted && passed_->counts) passed_->delay.add(*noted - *sent);
  }
  struct Caller {
    sockaddr_in to{};
    std::array<std::uint8_t, kHeader> header{};
    std::size_t frame = 0;   // index of the caller's first frame in the voice
    std::unique_ptr<rtp::SrtpSender> sender{};   // null: the packets are not encrypted
    std::array<std::uint8_t, kHeader + kOctets + rtp::kMaxSrtpAddedOctets> room{};
  };
  std::uint8_t payload_type_;
  Passed* passed_;
  std::optional<rtp::SrtpSuite> srtp_;
  int socket_;
  std::uint16_t port_ = 0;
  std::vector<Caller> callers_;
  std::vector<iovec> parts_;
  std::vector<mmsghdr> headers_;
  std::array<mmsghdr, kBatch> dropped_headers_{};
  std::array<iovec, kBatch> dropped_parts_{};
  std::array<Came, kBatch> came_{};
  std::array<std::uint8_t, Stamp::kOctets> stamp_{};
  std::uint64_t sent_ = 0, received_ = 0;
};

/// Raises the priority of this thread, so that it sends on time whatever the conversations on the same core do. If the system forbids this,
/// load_figures shows how late the thread was.
void go_first() {
  const sched_param lowest{.sched_priority = ::sched_get_priority_min(SCHED_FIFO)};
  (void)::sched_setscheduler(0, SCHED_FIFO, &lowest);
}

void sleep_until(std::chrono::steady_clock::time_point at) {
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
  const timespec until{.tv_sec = since / 1'000'000'000, .tv_nsec = since % 1'000'000'000};
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

}  // namespace

int load_legs(const LegPlan& plan) {
  pin(0, kOtherCore);
  go_first();
  std::signal(SIGTERM, [](int) { g_stop = 1; });
  const auto passed = std::make_unique<Passed>();
  std::vector<std::unique_ptr<Group>> groups;
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 0; i < kGroups; ++i) {
    groups.push_back(std::make_unique<Group>(plan.kind.codec == media::AudioCodec::G722 ? 9 : 0, plan.kind.relays ? passed.get() : nullptr, plan.kind.srtp));
    ports.push_back(groups.back()->port());
  }
  leave_note(plan, "load", {{"ports", ports}});
  const auto legs = wait_for_note(plan, "host").at("ports").get<std::vector<std::uint16_t>>();
  for (std::size_t i = 0; i < legs.size(); ++i) groups[i % kGroups]->add(legs[i], static_cast<std::uint32_t>(0x10000 + i), i * 13);
  for (auto& group : groups) group->ready();
  const auto voice = encoded_voice(plan.kind.codec);

  const auto sent_late = std::make_unique<media::TickHistogram>();
  const auto origin = std::chrono::steady_clock::now();
  const auto last_slot = kLongest + 1000 * static_cast<std::uint32_t>(plan.seconds);
  for (std::uint32_t slot = 0; g_stop == 0 && slot < last_slot; ++slot) {
    const auto due = origin + std::chrono::milliseconds(slot);
    sleep_until(due);
    groups[slot % kGroups]->send(slot / kGroups, voice);
    if (slot > kSettled) sent_late->add(std::chrono::steady_clock::now() - due);
    groups[(slot + kGroups / 2) % kGroups]->receive();
    if (slot == kGroups) leave_note(plan, "talking", true);
    passed->counts = slot > kSettled;
  }
  std::uint64_t sent = 0, received = 0;
  for (auto& group : groups) {
    group->receive();
    sent += group->sent();
    received += group->received();
  }
  const auto times_of = [](const media::TickHistogram& histogram) {
    media::TickHistogram::Counts counts{};
    histogram.add_to(counts);
    return media::TickHistogram::times_of(counts);
  };
  const auto added = times_of(passed->delay), late = times_of(*sent_late);
  const auto ms = [](base::Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); };
  leave_note(plan, "load_figures",
             {{"sent", sent}, {"received", received}, {"passed", added.ticks}, {"added_p50_ms", ms(added.p50)}, {"added_p99_ms", ms(added.p99)}, {"late_p99_ms", ms(late.p99)}, {"late_worst_ms", ms(late.worst)}});
  return 0;
}

}  // namespace offhook::bench
