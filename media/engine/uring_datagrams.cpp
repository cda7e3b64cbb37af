#include <offhook/media/engine/uring_datagrams.hpp>

#include <offhook/media/engine/arrival_clock.hpp>
#include <offhook/media/engine/leg.hpp>
#include <offhook/media/engine/socket_names.hpp>
#include <offhook/media/engine/worker.hpp>
#include <offhook/rtp/packet.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr int kBufferGroup = 0;
constexpr unsigned kMaxRounds = 512;  // of completions in one receive(): some tens of sockets each; the rest waits in the kernel
constexpr int kMaxTries = 3;          // of a submission that the kernel took in part

}  // namespace

UringDatagrams::Tag UringDatagrams::Tag::of(std::uint64_t value) {
  return {static_cast<Request>(value & 0xff), static_cast<std::uint32_t>(value >> 8) & 0xffffff, static_cast<std::uint32_t>(value >> 32)};
}

UringDatagrams::UringDatagrams() {
  io_uring_params params{};
  // Disabled until begin(): the one thread that may issue requests is the one that enables it.
  params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_R_DISABLED | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE;
  params.cq_entries = kCompletions;
  refusal_ = -::io_uring_queue_init_params(kRequests, &ring_, &params);
  if (refusal_ != 0) return;
  set_up_buffers();
  if (refusal_ != 0) {
    ::io_uring_queue_exit(&ring_);
    return;
  }
  places_.resize(kMaxLegsPerWorker);
  for (std::uint32_t i = kMaxLegsPerWorker; i > 0; --i) free_places_.push_back(i - 1);
  stopped_.reserve(8 * kMaxLegsPerWorker);
  uncancelled_.reserve(4 * kMaxLegsPerWorker);
  outgoing_ = std::make_unique<std::array<Outgoing, kSends>>();
  wanted_.msg_namelen = sizeof(sockaddr_storage);
  wanted_.msg_controllen = CMSG_SPACE(sizeof(timespec));
}

UringDatagrams::~UringDatagrams() {
  if (refusal_ == 0) ::io_uring_queue_exit(&ring_);
}

void UringDatagrams::set_up_buffers() {
  offers_ = std::make_unique<Offers>();
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(offers_->ring());
  registration.ring_entries = kBuffers;
  registration.bgid = kBufferGroup;
  refusal_ = -::io_uring_register_buf_ring(&ring_, &registration, 0);
  if (refusal_ != 0) return;
  buffers_ = std::make_unique_for_overwrite<std::array<std::array<std::uint8_t, kBufferOctets>, kBuffers>>();
  for (unsigned i = 0; i < kBuffers; ++i) offer(static_cast<std::uint16_t>(i));
  ::io_uring_buf_ring_advance(offers_->ring(), static_cast<int>(std::exchange(offered_, 0)));
}

void UringDatagrams::offer(std::uint16_t buffer) {
  ::io_uring_buf_ring_add(offers_->ring(), (*buffers_)[buffer].data(), kBufferOctets, buffer, ::io_uring_buf_ring_mask(kBuffers), static_cast<int>(offered_++));
}

// liburing 2.3 declares io_uring_enable_rings and does not export it.
bool UringDatagrams::begin() { return ::syscall(SYS_io_uring_register, ring_.ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0) == 0; }

// --- requests --------------------------------------------------------------------------------------------------------------

io_uring_sqe* UringDatagrams::next_request() {
  io_uring_sqe* request = ::io_uring_get_sqe(&ring_);
  if (request != nullptr) return request;
  submit();
  return ::io_uring_get_sqe(&ring_);
}

void UringDatagrams::submit() {
  for (int tries = 0; tries < kMaxTries && ::io_uring_sq_ready(&ring_) > 0; ++tries) ::io_uring_submit(&ring_);
  // MSG_DONTWAIT: what was submitted has been sent or refused, and its memory is ours again. What was not still points there.
  if (::io_uring_sq_ready(&ring_) == 0) sends_ = 0;
}

void UringDatagrams::arm(Tag read) {
  Place& place = places_[read.place];
  io_uring_sqe* const sqe = next_request();
  if (sqe == nullptr) return stopped_.push_back(read);  // With the next receive().
  const int fd = read.request == Request::ReadRtp ? place.leg->rtp.fd() : place.leg->rtcp.fd();
  ::io_uring_prep_recvmsg_multishot(sqe, fd, &wanted_, 0);
  sqe->flags |= IOSQE_BUFFER_SELECT;
  sqe->buf_group = kBufferGroup;
  ::io_uring_sqe_set_data64(sqe, read.value());
  place.read_of(read.request).armed = true;
}

void UringDatagrams::arm_again() {
  const std::size_t count = stopped_.size();
  for (std::size_t i = 0; i < count; ++i) {  // What finds no room is added behind them.
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
  assert(!free_places_.empty());  // LegRows gives no more places than there are here.
  const std::uint32_t at = free_places_.back();
  free_places_.pop_back();
  Place& place = places_[at];
  place = {.leg = &leg, .taken = place.taken + 1};
  leg.uring_place = at;
  for (const auto request : {Request::ReadRtp, Request::ReadRtcp}) arm({request, at, place.taken});
}

void UringDatagrams::remove(Leg& leg) {
  Place& place = places_[leg.uring_place];
  place.leaving = true;
  if (!place.is_armed()) return release(leg.uring_place);
  for (const auto request : {Request::ReadRtp, Request::ReadRtcp}) {
    if (place.read_of(request).armed) cancel({request, leg.uring_place, place.taken});
  }
}

void UringDatagrams::release(std::uint32_t place) {
  places_[place].leg = nullptr;
  free_places_.push_back(place);
}

bool UringDatagrams::is_released(const Leg& leg) const { return places_[leg.uring_place].leg != &leg; }

void UringDatagrams::send(Leg& leg, const Sendout& out) {
  for (const auto& datagram : out.all()) {
    const auto room = next_send(leg, datagram.channel, datagram.size, datagram.to);
    if (!room.empty()) std::memcpy(room.data(), datagram.octets.data(), datagram.size);
  }
}

void UringDatagrams::pass_on(Leg& through, const Onward& onward) {
  const auto room = next_send(through, Channel::Rtp, rtp::kFixedHeaderOctets + onward.packet.payload.size(), onward.to);
  if (!room.empty()) static_cast<void>(rtp::write_packet(onward.packet, room));  // It fits.
}

/// Where the octets go that leave with the next submission; empty, and counted, when there is no room.
std::span<std::uint8_t> UringDatagrams::next_send(Leg& leg, Channel channel, std::size_t octets, const base::SocketAddress& to) {
  if (sends_ == kSends) submit();
  io_uring_sqe* const sqe = sends_ == kSends ? nullptr : next_request();
  if (sqe == nullptr) {
    ++leg.send_failed;
    return {};
  }
  Outgoing& outgoing = (*outgoing_)[sends_++];
  const auto name_octets = to_sockaddr(to, outgoing.to);
  const int fd = channel == Channel::Rtp ? leg.rtp.fd() : leg.rtcp.fd();
  ::io_uring_prep_send(sqe, fd, outgoing.octets.data(), octets, MSG_DONTWAIT | MSG_NOSIGNAL);
  ::io_uring_prep_send_set_addr(sqe, reinterpret_cast<const sockaddr*>(&outgoing.to), static_cast<std::uint16_t>(name_octets));
  sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
  ::io_uring_sqe_set_data64(sqe, Tag{Request::Send, leg.uring_place, places_[leg.uring_place].taken}.value());
  return std::span(outgoing.octets).first(octets);
}

void UringDatagrams::flush() {
  if (::io_uring_sq_ready(&ring_) > 0) submit();
}

// --- completions -----------------------------------------------------------------------------------------------------------

// The kernel says by a flag that it has something to do for us; an enter serves some tens of sockets.
bool UringDatagrams::has_work() const {
  constexpr unsigned kToDo = IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW;
  return (std::atomic_ref(*ring_.sq.kflags).load(std::memory_order_acquire) & kToDo) != 0 || ::io_uring_sq_ready(&ring_) > 0 ||
         ::io_uring_cq_ready(&ring_) > 0;
}

void UringDatagrams::receive(std::span<Leg* const> due, const ArrivalClock& clock) {
  for (Leg* const leg : due) end_flood(*leg);
  cancel_again();
  arm_again();
  for (unsigned round = 0; round < kMaxRounds && has_work(); ++round) {
    ::io_uring_submit_and_get_events(&ring_);
    if (::io_uring_sq_ready(&ring_) == 0) sends_ = 0;
    take_completions(clock);
    arm_again();
  }
}

void UringDatagrams::end_flood(Leg& leg) {
  Place& place = places_[leg.uring_place];
  for (const auto request : {Request::ReadRtp, Request::ReadRtcp}) {
    Read& read = place.read_of(request);
    read.datagrams = 0;
    if (std::exchange(read.flooded, false) && !read.armed) stopped_.push_back({request, leg.uring_place, place.taken});
  }
}

void UringDatagrams::take_completions(const ArrivalClock& clock) {
  unsigned head = 0, count = 0;
  io_uring_cqe* completion = nullptr;
  io_uring_for_each_cqe(&ring_, head, completion) {
    on_completion(*completion, clock);
    ++count;
  }
  ::io_uring_cq_advance(&ring_, count);
  ::io_uring_buf_ring_advance(offers_->ring(), static_cast<int>(std::exchange(offered_, 0)));
}

void UringDatagrams::on_completion(const io_uring_cqe& completion, const ArrivalClock& clock) {
  const Tag tag = Tag::of(completion.user_data);
  Place& place = places_[tag.place];
  const bool ours = tag.request != Request::Other && place.taken == tag.taken && place.leg != nullptr;
  if (tag.request == Request::Send) {
    if (ours) ++place.leg->send_failed;  // Success says nothing.
    return;
  }
  if ((completion.flags & IORING_CQE_F_BUFFER) != 0) {
    const auto buffer = static_cast<std::uint16_t>(completion.flags >> IORING_CQE_BUFFER_SHIFT);
    if (ours && !place.leaving && completion.res > 0)
      on_datagram(place, tag, std::span((*buffers_)[buffer]).first(static_cast<std::size_t>(completion.res)), clock);
    offer(buffer);
  }
  if (!ours || (completion.flags & IORING_CQE_F_MORE) != 0) return;
  // The read is over: no buffer was left (ENOBUFS), the datagram was empty, the kernel wants to be asked again, or we do not want it.
  Read& read = place.read_of(tag.request);
  read.armed = false;
  if (place.leaving) {
    if (!place.is_armed()) release(tag.place);
  } else if (!read.flooded) {
    stopped_.push_back(tag);
  }
}

void UringDatagrams::on_datagram(Place& place, Tag tag, std::span<std::uint8_t> buffer, const ArrivalClock& clock) {
  const auto channel = tag.request == Request::ReadRtp ? Channel::Rtp : Channel::Rtcp;
  Read& read = place.read_of(tag.request);
  if (++read.datagrams == kMaxOfOneLeg) {
    read.flooded = true;
    cancel(tag);
  }
  auto* const header = ::io_uring_recvmsg_validate(buffer.data(), static_cast<int>(buffer.size()), &wanted_);
  if (header == nullptr) return;
  const auto* const octets = static_cast<const std::uint8_t*>(::io_uring_recvmsg_payload(header, &wanted_));
  const bool cut = (header->flags & MSG_TRUNC) != 0;
  const std::size_t size = cut ? 0 : ::io_uring_recvmsg_payload_length(header, static_cast<int>(buffer.size()), &wanted_);
  const auto noted = noted_arrival(::io_uring_recvmsg_cmsg_firsthdr(header, &wanted_));
  hand_in(*place.leg, channel, from_sockaddr(::io_uring_recvmsg_name(header)), {octets, size}, clock.arrival(noted));
}

}  // namespace offhook::inline v0::media
