"""The library: practice sheets and short formats, their files, their ratings, and questions asked to those who know."""
