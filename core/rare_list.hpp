#pragma once
// A list that most owners leave empty: as large as a pointer until the first element comes.
//
// Used as a std::vector is; what it lacks is had by `all`. A value like a box: copied with its owner, equal when what
// it holds is. Views and iterators are good until the next change, as a vector's are.

#include "core/box.hpp"

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <utility>
#include <vector>

namespace hyakki {

template <class T>
class rare_list {
public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  rare_list() = default;
  rare_list(std::vector<T> all) {
    if (!all.empty())
      held_ = std::move(all);
  }
  rare_list(std::initializer_list<T> all) : rare_list(std::vector<T>(all)) {}

  std::size_t size() const { return held_->size(); }
  bool empty() const { return held_->empty(); }
  const_iterator begin() const { return held_->data(); }
  const_iterator end() const { return begin() + size(); }
  iterator begin() { return held_ ? held_.edit().data() : nullptr; }
  iterator end() { return begin() + size(); }
  auto rbegin() const { return std::reverse_iterator<const_iterator>{end()}; }
  auto rend() const { return std::reverse_iterator<const_iterator>{begin()}; }
  auto rbegin() { return std::reverse_iterator<iterator>{end()}; }
  auto rend() { return std::reverse_iterator<iterator>{begin()}; }
  const T& operator[](std::size_t n) const { return (*held_)[n]; }
  T& operator[](std::size_t n) { return held_.edit()[n]; }
  const T& front() const { return held_->front(); }
  T& front() { return held_.edit().front(); }
  const T& back() const { return held_->back(); }
  T& back() { return held_.edit().back(); }

  void push_back(T value) { held_.edit().push_back(std::move(value)); }
  void clear() { held_ = {}; }
  /// To read, or to write to; writing makes room.
  const std::vector<T>& all() const { return *held_; }
  std::vector<T>& all() { return held_.edit(); }
  operator const std::vector<T>&() const { return *held_; }

  friend bool operator==(const rare_list& a, const rare_list& b) { return a.held_ == b.held_; }
  friend bool operator!=(const rare_list& a, const rare_list& b) { return !(a == b); }

private:
  box<std::vector<T>> held_;
};

} // namespace hyakki
