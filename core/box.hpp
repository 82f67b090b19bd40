#pragma once
// A part that most owners do not have: as large as a pointer until somebody writes to it.
//
// A value like any other: copied with its owner, and equal when what it holds is equal. Reading an empty box reads a
// default value and allocates nothing; only `edit` and assignment make room. Threads may share it as they may
// share a T.

#include <memory>
#include <utility>

namespace hyakki {

template <class T>
class box {
public:
  box() = default;
  box(T value) : held_(std::make_unique<T>(std::move(value))) {}
  box(const box& other) : held_(other.held_ ? std::make_unique<T>(*other.held_) : nullptr) {}
  box(box&& other) noexcept = default;
  box& operator=(box other) noexcept {
    held_ = std::move(other.held_);
    return *this;
  }
  ~box() = default;

  /// Whether anything was written to it, be it a default value.
  explicit operator bool() const { return held_ != nullptr; }
  const T& operator*() const { return held_ ? *held_ : nothing(); }
  const T* operator->() const { return &**this; }
  /// To write to; makes room where there is none.
  T& edit() {
    if (!held_)
      held_ = std::make_unique<T>();
    return *held_;
  }

  friend bool operator==(const box& a, const box& b) { return *a == *b; }
  friend bool operator!=(const box& a, const box& b) { return !(a == b); }

private:
  static const T& nothing() {
    static const T none{};
    return none;
  }
  std::unique_ptr<T> held_;
};

} // namespace hyakki
