#include <offhook/media/engine/uring_datagrams.hpp>

#include <offhook/media/engine/arrival_clock.hpp>
#include <offhook/media/engine/leg.hpp>
#include <offhook/media/engine/socket_names.hpp>
#include <offhook/media/engine/worker.hpp>
#include <offhook/rtp/packet.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr unsigned kMaxRounds = 512;  // rounds of completions in one receive(), each for some tens of sockets; further completions wait in the kernel
constexpr int kMaxTries = 3;          // attempts for a submission that the kernel accepted in part

}  // namespace

UringDatagrams::Tag UringDatagrams::Tag::of(std::uint64_t value) {
  return {static_cast<Request>(value & 0xff), static_cast<std::uint32_t>(value >> 8) & 0xffffff, static_cast<std::uint32_t>(value >> 32)};
}

UringDatagrams::UringDatagrams() {
  io_uring_params params{};
  // Disabled until begin(): the thread that enables the ring is the only one that may issue requests.
  params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_R_DISABLED | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE;
  params.cq_entries = kCompletions;
  refusal_ = -::io_uring_queue_init_params(kRequests, &ring_, &params);
  if (refusal_ != 0) return;
  refusal_ = buffers_.begin(ring_);
  if (refusal_ != 0) {
    ::io_uring_queue_exit(&ring_);
    return;
  }
  knows_sockets_ = ::io_uring_register_files_sparse(&ring_, kMaxLegsPerWorker) == 0;  // May fail if few descriptors are allowed: optional.
  places_.resize(kMaxLegsPerWorker);
  for (std::uint32_t i = kMaxLegsPerWorker; i > 0; --i) free_places_.push_back(i - 1);
  freed_places_.reserve(kMaxLegsPerWorker);
  stopped_.reserve(4 * kMaxLegsPerWorker);
  flooded_.reserve(4 * kMaxLegsPerWorker);
  uncancelled_.reserve(4 * kMaxLegsPerWorker);
  outgoing_ = std::make_unique<std::array<Outgoing, kSends>>();
  asks_ = std::make_unique<std::array<Ask, kAsks>>();
  wanting_.reserve(kMaxLegsPerWorker);
  wanted_.msg_namelen = sizeof(sockaddr_storage);
  wanted_.msg_controllen = CMSG_SPACE(sizeof(timespec));
}

UringDatagrams::~UringDatagrams() {
  if (refusal_ == 0) ::io_uring_queue_exit(&ring_);
}

// liburing 2.3 declares io_uring_enable_rings, but does not export it.
bool UringDatagrams::begin() { return ::syscall(SYS_io_uring_register, ring_.ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0) == 0; }

// --- requests --------------------------------------------------------------------------------------------------------------

io_uring_sqe* UringDatagrams::next_request() {
  io_uring_sqe* request = ::io_uring_get_sqe(&ring_);
  if (request != nullptr) return request;
  submit();
  return ::io_uring_get_sqe(&ring_);
}

/// Registers the socket in the kernel, which then does not look up its file a hundred times a second. `fd` -1 ends this.
void UringDatagrams::know_socket(const Leg& leg, int fd) {
  if (!knows_sockets_) return;
  knows_sockets_ = ::io_uring_register_files_update(&ring_, leg.uring_place, &fd, 1) == 1;
  if (knows_sockets_) return;
  static_cast<void>(flush());
  ::io_uring_unregister_files(&ring_);  // Otherwise the kernel would keep the registered sockets, and their ports, forever.
}

void UringDatagrams::aim_at_audio(io_uring_sqe& request, const Leg& leg) const {
  if (!knows_sockets_) return;
  request.fd = static_cast<int>(leg.uring_place);
  request.flags |= IOSQE_FIXED_FILE;
}

void UringDatagrams::submit() {
  for (int tries = 0; tries < kMaxTries && ::io_uring_sq_ready(&ring_) > 0; ++tries) enter(false);
  on_submitted();
}

void UringDatagrams::enter(bool all) { all ? ::io_uring_submit_and_get_events(&ring_) : ::io_uring_submit(&ring_); }

// With MSG_DONTWAIT, every submitted request was sent or refused, and its memory is free again. Requests that were not submitted still point to that memory,
// and to the socket of their leg by number. The kernel looks up the number when it takes the request, and could find the next leg's socket there.
void UringDatagrams::on_submitted() {
  if (::io_uring_sq_ready(&ring_) != 0) return;
  sends_ = 0;
  for (const std::uint32_t place : freed_places_) {
    places_[place].leg = nullptr;
    free_places_.push_back(place);
  }
  freed_places_.clear();
}

void UringDatagrams::arm(Tag read) {
  Place& place = places_[read.place];
  if (place.armed) return;
  io_uring_sqe* const sqe = next_request();
  if (sqe == nullptr) return stopped_.push_back(read);  // The next receive() tries again.
  ::io_uring_prep_recvmsg_multishot(sqe, place.leg->rtcp.fd(), &wanted_, 0);
  sqe->flags |= IOSQE_BUFFER_SELECT;
  sqe->buf_group = SharedBuffers::kGroup;
  ::io_uring_sqe_set_data64(sqe, read.value());
  place.armed = true;
}

void UringDatagrams::arm_again() {
  const std::size_t count = stopped_.size();
  for (std::size_t i = 0; i < count; ++i) {  // Requests that find no space are added at the end.
    const Place& place = places_[stopped_[i].place];
    if (place.taken == stopped_[i].taken && place.leg != nullptr && !place.leaving) arm(stopped_[i]);
  }
  stopped_.erase(stopped_.begin(), stopped_.begin() + static_cast<std::ptrdiff_t>(count));
}

void UringDatagrams::cancel(Tag read) {
  io_uring_sqe* const sqe = next_request();
  if (sqe == nullptr) return uncancelled_.push_back(read);
  ::io_uring_prep_cancel64(sqe, read.value(), 0);
  ::io_uring_sqe_set_data64(sqe, Tag{}.value());
}

void UringDatagrams::cancel_again() {
  const std::size_t count = uncancelled_.size();
  for (std::size_t i = 0; i < count; ++i) cancel(uncancelled_[i]);
  uncancelled_.erase(uncancelled_.begin(), uncancelled_.begin() + static_cast<std::ptrdiff_t>(count));
}

void UringDatagrams::add(Leg& leg) {
  assert(!free_places_.empty());  // LegRows gives at most as many places as there are here.
  const std::uint32_t at = free_places_.back();
  free_places_.pop_back();
  Place& place = places_[at];
  place = {.leg = &leg, .taken = place.taken + 1};
  leg.uring_place = at;
  know_socket(leg, leg.rtp.fd());
  arm({Request::ReadRtcp, at, place.taken});
}

void UringDatagrams::remove(Leg& leg) {
  Place& place = places_[leg.uring_place];
  place.leaving = true;
  static_cast<void>(flush());  // Submits the leg's last datagrams before its socket is unregistered.
  know_socket(leg, -1);
  if (!place.armed) return release(leg.uring_place);
  cancel({Request::ReadRtcp, leg.uring_place, place.taken});
}

void UringDatagrams::release(std::uint32_t place) {
  freed_places_.push_back(place);
  on_submitted();
}

bool UringDatagrams::is_released(const Leg& leg) const { return places_[leg.uring_place].leg != &leg && !is_asked(leg); }

// Returns true for a leg that has left only if the kernel did not accept its request.
bool UringDatagrams::is_asked(const Leg& leg) const {
  return std::any_of(asks_->begin(), asks_->end(), [&](const Ask& ask) { return ask.leg == &leg; });
}

void UringDatagrams::send_one(Leg& leg, Channel channel, base::Bytes datagram, const base::SocketAddress& to) {
  const auto room = next_send(leg, channel, datagram.size(), to);
  if (!room.empty()) std::memcpy(room.data(), datagram.data(), datagram.size());
}

void UringDatagrams::pass_on(Leg& through, const Onward& onward) {
  const auto room = next_send(through, Channel::Rtp, rtp::kFixedHeaderOctets + onward.packet.payload.size(), onward.to);
  if (!room.empty()) static_cast<void>(rtp::write_packet(onward.packet, room));  // The packet fits.
}

/// Returns the memory for the next datagram to send. If there is no space, returns an empty span, and counts the datagram as not sent.
std::span<std::uint8_t> UringDatagrams::next_send(Leg& leg, Channel channel, std::size_t octets, const base::SocketAddress& to) {
  if (sends_ == kSends) submit();
  io_uring_sqe* const sqe = sends_ == kSends ? nullptr : next_request();
  if (sqe == nullptr) {
    ++leg.send_failed;
    return {};
  }
  Outgoing& outgoing = (*outgoing_)[sends_++];
  const int fd = channel == Channel::Rtp ? leg.rtp.fd() : leg.rtcp.fd();
  ::io_uring_prep_send(sqe, fd, outgoing.octets.data(), octets, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (channel == Channel::Rtp) aim_at_audio(*sqe, leg);
  if (channel != Channel::Rtp || !leg.tie.is_tied_to(to)) {
    const auto name_octets = to_sockaddr(to, outgoing.to);
    ::io_uring_prep_send_set_addr(sqe, reinterpret_cast<const sockaddr*>(&outgoing.to), static_cast<std::uint16_t>(name_octets));
  }
  sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
  const auto request = channel == Channel::Rtp ? Request::SendRtp : Request::SendRtcp;
  ::io_uring_sqe_set_data64(sqe, Tag{request, leg.uring_place, places_[leg.uring_place].taken}.value());
  return std::span(outgoing.octets).first(octets);
}

bool UringDatagrams::flush() {
  if (::io_uring_sq_ready(&ring_) > 0) submit();
  return ::io_uring_sq_ready(&ring_) == 0;
}

// --- completions -----------------------------------------------------------------------------------------------------------

// The kernel sets a flag when it has work for us; one enter serves some tens of sockets.
bool UringDatagrams::has_work() const {
  constexpr unsigned kToDo = IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW;
  return (std::atomic_ref(*ring_.sq.kflags).load(std::memory_order_acquire) & kToDo) != 0 || ::io_uring_sq_ready(&ring_) > 0 ||
         ::io_uring_cq_ready(&ring_) > 0;
}

void UringDatagrams::receive(std::span<Leg* const> due, const ArrivalClock& clock) {
  receive_audio(due, clock);  // First, because its requests also submit the datagrams that wait to be sent.
  receive_reports(clock);
}

void UringDatagrams::receive_reports(const ArrivalClock& clock) {
  end_floods(clock.now());
  cancel_again();
  arm_again();
  for (unsigned round = 0; round < kMaxRounds && has_work(); ++round) {
    enter(true);
    on_submitted();
    take_completions(clock);
    arm_again();
  }
}

void UringDatagrams::end_floods(base::TimePoint now) {
  std::erase_if(flooded_, [&](Tag read) {
    Place& place = places_[read.place];
    const bool ours = place.taken == read.taken && place.leg != nullptr && !place.leaving;
    if (ours && (place.armed || now - place.reports_since < kTick)) return false;
    if (!ours) return true;
    place.reports = 0;
    stopped_.push_back(read);
    return true;
  });
}

void UringDatagrams::receive_audio(std::span<Leg* const> due, const ArrivalClock& clock) {
  wanting_.clear();
  for (Leg* const leg : due) {
    if (leg->audio_watched) continue;
    leg->pace.begin_tick();
    wanting_.push_back(leg);
  }
  const auto relayed = begins_phase(clock) ? relayed_.ready() : std::span<Leg* const>();
  for (Leg* const leg : relayed) {
    leg->pace.begin_burst();
    wanting_.push_back(leg);
  }
  while (!wanting_.empty()) {  // The loop ends: each round submits some requests, and each leg gets at most ReadPace::kMost of them.
    std::size_t asked = 0;
    for (std::uint32_t at = 0; at < kAsks && asked < wanting_.size(); ++at) {
      if ((*asks_)[at].leg == nullptr && ask(*wanting_[asked], at)) ++asked;
    }
    if (asked == 0) break;  // The kernel accepts no request now: try again at the next tick.
    wanting_.erase(wanting_.begin(), wanting_.begin() + static_cast<std::ptrdiff_t>(asked));
    submit();
    take_completions(clock);
  }
  for (Leg* const leg : relayed) {
    const bool unasked = std::find(wanting_.begin(), wanting_.end(), leg) != wanting_.end();
    if (unasked || !leg->pace.wants_more()) relayed_.again(*leg);
  }
}

bool UringDatagrams::ask(Leg& leg, std::uint32_t at) {
  io_uring_sqe* const sqe = next_request();
  if (sqe == nullptr) return false;
  Ask& ask = (*asks_)[at];
  ask.leg = &leg;
  ask.part = {ask.octets.data(), ask.octets.size()};
  ask.header = {.msg_name = &ask.from, .msg_namelen = sizeof ask.from, .msg_iov = &ask.part, .msg_iovlen = 1,
                .msg_control = ask.control.data(), .msg_controllen = ask.control.size(), .msg_flags = 0};
  ::io_uring_prep_recvmsg(sqe, leg.rtp.fd(), &ask.header, MSG_DONTWAIT);
  aim_at_audio(*sqe, leg);
  ::io_uring_sqe_set_data64(sqe, Tag{Request::ReadRtp, at, 0}.value());
  return true;
}

void UringDatagrams::take_completions(const ArrivalClock& clock) {
  unsigned head = 0, count = 0;
  io_uring_cqe* completion = nullptr;
  io_uring_for_each_cqe(&ring_, head, completion) {
    on_completion(*completion, clock);
    ++count;
  }
  ::io_uring_cq_advance(&ring_, count);
  buffers_.publish();
}

void UringDatagrams::on_completion(const io_uring_cqe& completion, const ArrivalClock& clock) {
  const Tag tag = Tag::of(completion.user_data);
  if (tag.request == Request::ReadRtp) return on_audio((*asks_)[tag.place], completion.res, clock);
  Place& place = places_[tag.place];
  const bool ours = tag.request != Request::Other && place.taken == tag.taken && place.leg != nullptr;
  if (tag.request == Request::SendRtp || tag.request == Request::SendRtcp) {  // Successful sends need no processing.
    if (!ours) return;
    ++place.leg->send_failed;
    if (tag.request == Request::SendRtp) on_refusal(*place.leg, -completion.res);
    return;
  }
  if ((completion.flags & IORING_CQE_F_BUFFER) != 0) {
    const auto buffer = static_cast<std::uint16_t>(completion.flags >> IORING_CQE_BUFFER_SHIFT);
    if (ours && completion.res > 0)  // Also for a leg that leaves: it may continue on another worker.
      on_report(place, tag, buffers_[buffer].first(static_cast<std::size_t>(completion.res)), clock);
    buffers_.offer(buffer);
  }
  if (!ours || (completion.flags & IORING_CQE_F_MORE) != 0) return;
  // The read has ended: no buffer was left (ENOBUFS), the datagram was empty, the kernel needs a new request, or we cancelled it.
  place.armed = false;
  if (place.leaving) {
    release(tag.place);
  } else if (place.reports < kMaxReports) {
    stopped_.push_back(tag);
  }
}

/// `result` is the kernel's result of recvmsg.
void UringDatagrams::on_audio(Ask& ask, std::int32_t result, const ArrivalClock& clock) {
  Leg* const leg = std::exchange(ask.leg, nullptr);
  if (leg == nullptr) return;
  if (result == -EAGAIN) return;  // There was no datagram.
  const bool is_here = places_[leg->uring_place].leg == leg;  // false if the leg has left
  if (result < 0) {  // The error is not an answer to this request. It counts as a datagram, so that the loop ends.
    leg->pace.on_datagram(false);
    if (is_here) on_refusal(*leg, -result);
    if (is_here && leg->pace.wants_more()) wanting_.push_back(leg);
    return;
  }
  const bool cut = (ask.header.msg_flags & MSG_TRUNC) != 0;
  const std::span datagram(ask.octets.data(), cut ? 0 : static_cast<std::size_t>(result));
  const auto noted = noted_arrival(CMSG_FIRSTHDR(&ask.header));
  hand_in(*leg, Channel::Rtp, from_sockaddr(&ask.from), datagram, clock.arrival(noted));
  if (is_here && leg->pace.wants_more()) wanting_.push_back(leg);
}

void UringDatagrams::on_report(Place& place, Tag tag, std::span<std::uint8_t> buffer, const ArrivalClock& clock) {
  if (clock.now() - place.reports_since >= kTick) {
    place.reports_since = clock.now();
    place.reports = 0;
  }
  if (++place.reports == kMaxReports) {
    flooded_.push_back(tag);
    cancel(tag);
  }
  auto* const header = ::io_uring_recvmsg_validate(buffer.data(), static_cast<int>(buffer.size()), &wanted_);
  if (header == nullptr) return;
  auto* const octets = static_cast<std::uint8_t*>(::io_uring_recvmsg_payload(header, &wanted_));
  const bool cut = (header->flags & MSG_TRUNC) != 0;
  const std::size_t size = cut ? 0 : ::io_uring_recvmsg_payload_length(header, static_cast<int>(buffer.size()), &wanted_);
  const auto noted = noted_arrival(::io_uring_recvmsg_cmsg_firsthdr(header, &wanted_));
  hand_in(*place.leg, Channel::Rtcp, from_sockaddr(::io_uring_recvmsg_name(header)), {octets, size}, clock.arrival(noted));
}

}  // namespace offhook::inline v0::media
